"""The codes of diagnostics, one a mistake; each stands in ``tests/authoring_errors`` with its words."""

from __future__ import annotations

import enum

from engine.domain.diagnostics import Diagnostic, DiagnosticGrade
from engine.domain.rules import FileSpan


class Code(enum.StrEnum):
    """What is wrong, in a form that never changes."""

    NOT_TEXT = "not-text"
    NOT_YAML = "not-yaml"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    DUPLICATE_KEY = "duplicate-key"
    TAG = "tag"
    ALIAS = "alias"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    WRONG_SHAPE = "wrong-shape"
    BAD_VALUE = "bad-value"
    DUPLICATE_NAME = "duplicate-name"
    UNDEFINED_NAME = "undefined-name"
    PREMISE = "premise"
    UNIT = "unit"
    EMPTY_INTERVAL = "empty-interval"
    NO_VALUE_IN_FORCE = "no-value-in-force"
    PHENOTYPE_OVERLAP = "phenotype-overlap"
    PHENOTYPE_GAP = "phenotype-gap"
    CYCLE = "cycle"
    NO_SOURCES = "no-sources"
    REVIEW_OVERDUE = "review-overdue"
    UNBOUND_PLACEHOLDER = "unbound-placeholder"
    UNKNOWN_UNEXPLAINED = "unknown-unexplained"
    CASES_MISSING = "cases-missing"
    CASE_OFF_INDICATION = "case-off-indication"
    NO_OPTION = "no-option"
    EMPTY_CLASS = "empty-class"
    CLASS_WITHOUT_SOURCES = "class-without-sources"
    UNUSED = "unused"
    OVERLAP = "overlap"
    CONTRADICTION = "contradiction"
    NEVER_FIRES = "never-fires"
    SUBSUMED = "subsumed"
    OPEN_GAP = "open-gap"
    DOSE = "dose"
    MONITORING = "monitoring"
    ALTERNATIVE = "alternative"
    START = "start"
    SELECTOR = "selector"
    SOURCE_EXPIRED = "source-expired"
    DUPLICATE_TITLE = "duplicate-title"
    AMBIGUOUS_CODE = "ambiguous-code"
    DEAD_MEMBER = "dead-member"
    NO_MANIFEST = "no-manifest"
    CRITERIA = "criteria"
    ENGINE_LIMIT = "engine-limit"


def error(code: Code, span: FileSpan, message: str, hint: str = "") -> Diagnostic:
    """Return a diagnostic with which no pack can be used."""
    return Diagnostic(code=code.value, grade=DiagnosticGrade.ERROR, message=message, hint=hint, span=span)


def warning(code: Code, span: FileSpan, message: str, hint: str = "") -> Diagnostic:
    """Return a diagnostic that a pharmacist should read, but that stops nothing."""
    return Diagnostic(code=code.value, grade=DiagnosticGrade.WARNING, message=message, hint=hint, span=span)
