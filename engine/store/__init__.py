"""The database: patients, decisions, rule packs and drafts in one encrypted file, chained by an audit log.

From the bottom::

    driver        SQLCipher, with the errors of the standard library
    connection    the one door to SQLite: how a file is opened, and what its errors mean
    fences        triggers that let rows be added and nothing else
    schema        tables and migrations; schema_0001, step_0002: what was, and how it became what is
    trees         domain values as trees of JSON; gained: fields that values of before lack
    sharing       trees with each equal part written once, and back
    codec         domain values as canonical bytes, and back
    packing       canonical bytes, compressed by a dictionary that ships with WhyRx
    sealing       contents under the key of the patient they are about
    wrapping      keys under a passphrase, or under a key that the operating system keeps
    keyfile       the slots of all users, in a file beside the database
    chain         audit events, each linked to the one before
    columns       what lists, filters and searches need, computed from the content
    contents      contents as they lie in their rows
    search_index  the words of decisions
    listing       pages of patients and decisions
    verification  the whole file, recomputed; list_checks, findings: what lists say, and what is wrong
    room          an open database with someone at work in it: rights, transactions, the log
    users releases archive keeping promises checkpoints backup
                  what is done in a room, each for one duty
    log_export    the audit log as a file for auditors; verifier: a program that verifies such a file, alone
    sqlite_store  the store that the ports speak of
    opening       creates or opens a database
    vault         a database with its keys: made, signed in to, locked

Every row that records something lies beside an event of the audit chain that carries its hash, in one
transaction with it. Rows are fenced against change by triggers; a fence keeps honest programs out, the
chain proves what happened. Rights are checked here, by the session that a database was opened with: a
window that forgot to ask could show nothing that its user may not see. Whoever holds the key and writes a
program of their own is bound by the chain alone.
"""
