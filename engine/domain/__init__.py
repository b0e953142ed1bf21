"""The words of the field as types: frozen dataclasses and enums, standard library only.

Glossary; one word, one thing:

=================  ==========================================================  ====================
word               means                                                       not
=================  ==========================================================  ====================
indication         why a therapy is considered                                 reason, purpose
option             one thing that could be done for the indication             choice, candidate
contraindication   a condition under which it must not be used                 block, ban, alert
interaction        two therapies affecting each other                          conflict, clash
diplotype          a pair of alleles                                           genotype string
phenotype          what a diplotype does                                       status
atom               one statement about a record, decided on the facts floor    test, check
fact               an atom decided, with the data that decided it              data, value, input
unknown            truth of a fact whose datum is absent, stale or unusable    null, missing
reading            the one value of a quantity that holds at a moment          measurement
premise            what a rule needs                                           condition (a disease)
conclusion         what a rule says                                            action
derived concept    a named premise that rules chain on                         flag, variable
finding            one fired rule on one option                                alert, hit, warning
undecided          one rule that could not be decided on one option            error
severity           how bad; ordered                                            level, priority
strength           how well supported                                          confidence
verdict            what may be said of one option                              status, result
tier               options of one verdict                                      group
place              an option's position; equal places are ties                 rank number
attribution        a feature's share in a score                                importance, weight
fidelity           how well attributions match the model                       accuracy
trace              the tree from a finding down to the data                    log
provenance         where a datum or rule came from, exactly                    source (a citation)
citation           one published source, with how it was checked               reference
override           a clinician deciding otherwise, with a reason               bypass, dismiss
rule pack          a versioned body of rules under one content hash            config
decision           a recommendation as given, with all needed to give it again result
session            someone at work in a database, with what they may do        login, account
right              one thing that a role may do                                permission, privilege
slot               a user's wrapped copy of a database's key                   credential
seal               content encrypted under its patient's key                   cipher, blob
checkpoint         the head of the audit chain, signed and kept elsewhere      snapshot
erasure            destroying a patient's key                                  deletion
hold               what keeps a patient from being erased                      lock
promise            monitoring that an override promised                        reminder, task
=================  ==========================================================  ====================
"""
