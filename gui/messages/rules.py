"""Sentences of the Rules place."""

from __future__ import annotations

from typing import Final

# -- the list
LIST: Final = "Files and rules of the pack"
FILTERS: Final = "Which rules are listed"
SEARCH: Final = "Find a rule or file"
SEVERITY: Final = "Severity"
ANY_SEVERITY: Final = "any severity"
OPTION: Final = "Option"
ANY_OPTION: Final = "any option"
LABEL: Final = "Label"
ANY_LABEL: Final = "any label"
ONLY_LABEL: Final = "only under the {label} label"
BOTH_LABELS: Final = "under both labels"
NOT_SEEN_ONLY: Final = "Source not seen"
DRAFTED_ONLY: Final = "Drafted"
COUNT: Final = "{rules} in {files}"
COUNT_OF: Final = "{rules} of {total}, in {files}"
RULE_ONE: Final = "1 rule"
RULES: Final = "{count} rules"
FILE_ONE: Final = "1 file"
FILES: Final = "{count} files"
NOT_SEEN_COUNT: Final = "{count} with a source not seen"
DRAFT: Final = "draft"
UNSAVED: Final = "unsaved"
SECTION: Final = "{title} ({count})"
SECTION_IN: Final = "{title}, {folder}"
OF_LABEL: Final = "{label} label"
KINDS: Final = {
    "rules": "Rules",
    "cases": "Cases",
    "concepts": "Derived concepts",
    "parameters": "Thresholds",
    "phenotypes": "Phenotypes",
    "indications": "Indications",
    "citations": "Sources",
    "criteria": "Criteria of others",
    "vocabulary": "Vocabulary",
    "manifest": "Manifest",
}
FOLDED: Final = "▸ {title}"
UNFOLDED: Final = "▾ {title}"
SPOKEN_FOLDED: Final = "folded"
SPOKEN_UNFOLDED: Final = "unfolded"
LOADING: Final = "The rule pack is being read"
NO_MATCH: Final = "No rule matches"
NO_MATCH_NEXT: Final = "Choose fewer filters, or other letters."
NO_RULES: Final = "The pack in use has no files"
CLEAR: Final = "Clear the filters"
RELOAD: Final = "Reload the rules"
RELOAD_TIP: Final = (
    "Reads the files of the pack again. What cannot be used leaves the rules in use as they are."
)
RELOADING: Final = "Reading, checking and trying the rules"
RELOADED: Final = "In use from now on: {title} {version}, {rules} rules"
RELOADED_SAME: Final = "Nothing has changed on disk; the same rules stay in use"
NOT_RELOADED: Final = "The rules in use stay in use"
NOT_LISTED: Final = "The rules cannot be listed"

# -- one rule
NOTHING_OPEN: Final = "Choose a rule"
NOTHING_OPEN_NEXT: Final = (
    "Each rule is read as one exact sentence, with its sources and its cases. "
    "A draft copy of its file can be changed and tried; the pack in use stays as it is."
)
TABS: Final = "How it is shown"
SENTENCE_TAB: Final = "Sentence"
FORM_TAB: Final = "Form"
YAML_TAB: Final = "YAML"
CASES_TAB: Final = "Cases"
READING: Final = "The rule in words"
SENTENCE: Final = "The rule"
SAYS: Final = "It says"
MANAGE: Final = "What to do"
APPLIES: Final = "Speaks of"
LABEL_ROW: Final = "Label"
STATUS: Final = "Status"
REVIEW: Final = "Review by"
AUTHOR: Final = "Author"
VERSION: Final = "Version"
PLACE: Final = "Place"
CASES_ROW: Final = "Cases"
ABOUT: Final = "About this rule"
ID: Final = "Id"
OF_DRAFT: Final = "This is the rule as your draft has it. The pack in use is untouched."
OF_BROKEN_DRAFT: Final = (
    "Your draft has errors, so it says no sentence yet; this is the rule as the pack in use has it. "
    "The YAML tab tells every error."
)
OF_OTHER_DRAFT: Final = (
    "Your draft does not have this rule any more; this is the rule as the pack in use has it."
)
CONCEPTS: Final = "Derived concepts it chains on"
SOURCES: Final = "Sources"
SOURCE_SEEN: Final = "seen"
SOURCE_NOT_SEEN: Final = "not seen"
SOURCE_NOTE: Final = "{kind}, {year} · {locator}\n{how} ({on})"
SOURCE_TEXT: Final = "{title}, {where}"
NOT_READ: Final = "The rule cannot be read"
CASE_ONE: Final = "1 case speaks of it"
CASES_COUNT: Final = "{count} cases speak of it"
NO_CASES: Final = "no case speaks of it"

# -- the draft
EDITOR: Final = "Text of {path}"
FILE_LINE: Final = "{path}"
IN_USE: Final = "The file as the pack in use has it. It can only be read."
DRAFT_SAVED: Final = "Your draft, saved {moment}. The pack in use is untouched."
DRAFT_UNSAVED: Final = "Your draft, with changes not saved yet. The pack in use is untouched."
DRAFT_SAME: Final = "Your draft, so far the same as the file. The pack in use is untouched."
DRAFT_KEPT: Final = (
    "You were changing this file. Your changes are here, not saved yet; the pack in use is untouched."
)
DRAFT_OLD: Final = "The file has changed since this draft was begun; compare before you go on."
EDIT: Final = "Edit a draft copy"
SAVE: Final = "Save draft"
DISCARD: Final = "Discard draft"
DISCARD_ASK: Final = "Discard your draft of {path}? What it changed is lost; the pack in use stays as it is."
DISCARD_YES: Final = "Discard it"
DISCARD_NO: Final = "Keep it"
UNDO: Final = "Undo"
REDO: Final = "Redo"
FIND: Final = "Find"
FIND_FIELD: Final = "Find in the text"
FIND_NEXT: Final = "Next"
FIND_BEFORE: Final = "Before"
FOUND: Final = "{index} of {count}"
FOUND_NONE: Final = "not found"
DIAGNOSTICS: Final = "Diagnostics"
CHECKING: Final = "Checking the whole pack with this text"
CHECKED_CLEAN: Final = "Checked: no errors and no warnings in the whole pack with this text"
CHECKED: Final = "Checked: {parts}"
ERROR_ONE: Final = "1 error"
ERRORS: Final = "{count} errors"
WARNING_ONE: Final = "1 warning"
WARNINGS: Final = "{count} warnings"
LINE: Final = "line {line}"
ELSEWHERE_LINE: Final = "{path}, line {line}"
NOT_OPENED: Final = "The file cannot be opened"
NOT_SAVED: Final = "The draft was not saved"
NOT_DISCARDED: Final = "The draft was not discarded"
NOT_CHECKED: Final = "The draft could not be checked"
WHERE_CARET: Final = "line {line}, column {column}"

# -- cases
CASES: Final = "Cases"
CASES_LIST: Final = "Cases and how they came out"
RUN: Final = "Run the cases"
RUN_ALL: Final = "Run every case of the pack"
STOP: Final = "Stop"
RUNNING: Final = "Running"
RUNNING_STEP: Final = "{done} of {total}: {what}"
AGAINST_PACK: Final = "Run with the pack in use."
AGAINST_DRAFT: Final = "Run with your draft of this file in the pack."
NOT_RUN: Final = "Not run yet"
NOT_RUN_NEXT: Final = (
    "A case gives a patient and says what each rule must do. Run those that speak of this file's rules."
)
NOT_RUN_ALL: Final = "No case stands beside this file alone, so every case of the pack is run."
PASSED_ALL: Final = "All {count} passed"
PASSED_ONE: Final = "The one case passed"
SOME_FAILED: Final = "{failed} of {count} failed"
NONE_FOUND: Final = "No case speaks of this file"
CANNOT_RUN: Final = "The cases cannot be run: the pack with this text has errors"
STALE: Final = "The text has changed since this run."
RAN_WITH_PACK: Final = "with the pack in use, {moment}"
RAN_WITH_DRAFT: Final = "with your draft, {moment}"
PASSED: Final = "pass"
FAILED: Final = "fail"
FAILED_SECTION: Final = "Failed ({count})"
OF_RULE: Final = "Speak of this rule ({count})"
OF_FILE: Final = "Speak of other rules ({count})"
OF_ALL: Final = "Passed ({count})"
NOT_RAN: Final = "The cases were not run"

PANES: Final = "Go to the next pane"
