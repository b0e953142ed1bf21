"""The database: patients, decisions, rule packs and drafts in one local SQLite file, chained by an audit log.

From the bottom::

    connection    the one door to SQLite: how a file is opened, and what its errors mean
    schema        tables, fences against change, migrations
    trees         domain values as trees of JSON
    sharing       trees with each equal part written once, and back
    codec         domain values as canonical bytes, and back
    packing       canonical bytes as they lie in the file, by a dictionary that ships with WhyRx
    chain         audit events, each linked to the one before
    columns       what lists, filters and searches need, computed from the content
    listing       pages of patients and decisions
    verification  the whole file, recomputed
    log_export    the audit log as a file for auditors
    verifier      a program that verifies such a file, alone
    sqlite_store  the store that the ports speak of
    opening       creates or opens a database

Every row that records something lies beside an event of the audit chain that carries its hash, in
one transaction with it. Rows are fenced against change by triggers; a fence keeps honest programs
out, the chain proves what happened.
"""
