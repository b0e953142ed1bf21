"""Decisions as words: pure functions from a dossier to text, to pages and to resources that stand alone.

``content`` gathers what every form must say; ``text``, ``html`` and ``pdf`` only lay it out, so that no
form can leave out what another shows. ``case`` says what may be said of a decision without its patient, and
``leaks`` looks for the patient in it. Nothing here reads a clock or the database; of files only fonts.
"""
