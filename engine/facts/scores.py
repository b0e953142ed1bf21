"""CHA2DS2-VASc, HAS-BLED and Child-Pugh: what each term is and how many points it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.domain.atoms import HasCondition, HasSex, HasState, QuantityWithin, TakesDrug
from engine.domain.ids import CitationId, ClassId, ConditionId, QuantityId, StateId
from engine.domain.patient import Sex
from engine.domain.provenance import SourceRef
from engine.domain.quantities import Interval
from engine.domain.rules import AllOf, AnyOf, Premise


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One line of a score."""

    title: str
    points: int
    when: Premise
    telling: tuple[HasState | QuantityWithin, ...] = ()
    """Reports that give the points where they say yes; where there is none, ``when`` alone decides."""
    clouded_by: TakesDrug | None = None
    """What makes the points mean nothing: they are then unknown where they would be given."""
    clouded: str = ""
    """Why, as the reason for what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A sum of points over terms."""

    quantity: QuantityId
    name: str
    terms: tuple[Term, ...]
    source: SourceRef
    base: int = 0
    """Points that everybody has."""
    report_first: bool = False
    """A report of the score goes before the computation, as a clinician judged what a record cannot hold;
    where a later datum contradicts it, the score is unknown. It is computed only where the vocabulary has
    all of its words.
    """


def _has(condition: str) -> HasCondition:
    return HasCondition(condition=ConditionId(condition))


def _ever(condition: str) -> HasCondition:
    return HasCondition(condition=ConditionId(condition), ever=True)


def _takes(drugs: str) -> TakesDrug:
    return TakesDrug(drug=ClassId(drugs))


def _age(interval: Interval) -> QuantityWithin:
    return QuantityWithin(quantity=QuantityId("age"), interval=interval)


_CHA2DS2_VASC = Score(
    quantity=QuantityId("cha2ds2_vasc"),
    name="CHA2DS2-VASc",
    source=SourceRef(citation=CitationId("cha2ds2-vasc-2010"), where="score definition"),
    terms=(
        Term(title="heart failure", points=1, when=_has("heart_failure")),
        Term(title="hypertension", points=1, when=_has("hypertension")),
        Term(title="age 75 or older", points=2, when=_age(Interval(unit="a", low=Decimal(75)))),
        Term(title="diabetes", points=1, when=_has("diabetes")),
        Term(title="stroke, TIA or thromboembolism", points=2, when=_ever("stroke_or_tia")),
        Term(title="vascular disease", points=1, when=_ever("vascular_disease")),
        Term(
            title="age 65 to 74", points=1, when=_age(Interval(unit="a", low=Decimal(65), high=Decimal(75)))
        ),
        Term(title="female sex", points=1, when=HasSex(sex=Sex.FEMALE)),
    ),
)

_HAS_BLED = Score(
    quantity=QuantityId("has_bled"),
    name="HAS-BLED",
    source=SourceRef(citation=CitationId("has-bled-2010"), where="score definition"),
    terms=(
        Term(
            title="systolic blood pressure above 160 mmHg",
            points=1,
            when=QuantityWithin(
                quantity=QuantityId("systolic_bp"),
                interval=Interval(unit="mm[Hg]", low=Decimal(160), low_closed=False),
            ),
        ),
        Term(
            title="dialysis, kidney transplant or creatinine of 200 µmol/L or more",
            points=1,
            when=AnyOf(
                parts=(
                    _has("end_stage_renal_disease"),
                    _ever("kidney_transplant"),
                    QuantityWithin(
                        quantity=QuantityId("creatinine"), interval=Interval(unit="umol/L", low=Decimal(200))
                    ),
                )
            ),
            telling=(HasState(state=StateId("dialysis")),),
        ),
        # The publication counts enzymes and bilirubin as well, as multiples of a laboratory's own upper
        # limits; these do not come with the results here, so that only the diagnosis counts.
        Term(
            title="cirrhosis or severe liver disease",
            points=1,
            when=AnyOf(parts=(_has("cirrhosis"), _has("liver_disease_severe"))),
        ),
        Term(title="stroke", points=1, when=_ever("stroke")),
        Term(
            title="bleeding or predisposition to it",
            points=1,
            when=AnyOf(parts=(_ever("major_bleeding_history"), _has("bleeding_disorder"), _has("anaemia"))),
        ),
        # Labile is what an INR can be under a vitamin K antagonist only.
        Term(
            title="labile INR",
            points=1,
            when=AllOf(
                parts=(
                    _takes("vitamin_k_antagonist"),
                    AnyOf(
                        parts=(
                            _has("labile_inr"),
                            QuantityWithin(
                                quantity=QuantityId("time_in_therapeutic_range"),
                                interval=Interval(unit="%", high=Decimal(60)),
                            ),
                        )
                    ),
                )
            ),
        ),
        Term(
            title="age above 65",
            points=1,
            when=_age(Interval(unit="a", low=Decimal(65), low_closed=False)),
        ),
        Term(
            title="antiplatelet drug or NSAID",
            points=1,
            when=AnyOf(parts=(_takes("antiplatelet"), _takes("nsaid"))),
        ),
        Term(
            title="alcohol excess",
            points=1,
            when=AnyOf(parts=(HasState(state=StateId("alcohol_excess")), _has("alcohol_use_disorder"))),
        ),
    ),
)


def _reaches(quantity: str, unit: str, low: str) -> QuantityWithin:
    return QuantityWithin(quantity=QuantityId(quantity), interval=Interval(unit=unit, low=Decimal(low)))


def _above(quantity: str, unit: str, low: str) -> QuantityWithin:
    interval = Interval(unit=unit, low=Decimal(low), low_closed=False)
    return QuantityWithin(quantity=QuantityId(quantity), interval=interval)


def _graded(title: str, condition: str, grade: str, low: str) -> Term:
    """Return a term for the higher grade of a complication: without the complication there is no grade."""
    graded = _reaches(grade, "1", low)
    return Term(title=title, points=1, when=AllOf(parts=(_has(condition), graded)), telling=(graded,))


_VKA = TakesDrug(drug=ClassId("vitamin_k_antagonist"))
_CLOUDED = "measured under a vitamin K antagonist, it does not speak of the liver"

#: Each parameter gives one point to everybody, one more from its first limit on, and a third from its second.
#: The publication grades the prolongation of the prothrombin time; the INR limits are those in use today.
_CHILD_PUGH = Score(
    quantity=QuantityId("child_pugh_score"),
    name="Child-Pugh",
    source=SourceRef(citation=CitationId("child-pugh-1973"), where="grading of severity"),
    base=5,
    report_first=True,
    terms=(
        Term(title="bilirubin 2 mg/dL or more", points=1, when=_reaches("bilirubin", "mg/dL", "2")),
        Term(title="bilirubin above 3 mg/dL", points=1, when=_above("bilirubin", "mg/dL", "3")),
        Term(
            title="albumin 3.5 g/dL or less",
            points=1,
            when=QuantityWithin(
                quantity=QuantityId("albumin"),
                interval=Interval(unit="g/dL", high=Decimal("3.5"), high_closed=True),
            ),
        ),
        Term(
            title="albumin below 2.8 g/dL",
            points=1,
            when=QuantityWithin(
                quantity=QuantityId("albumin"), interval=Interval(unit="g/dL", high=Decimal("2.8"))
            ),
        ),
        Term(
            title="INR 1.7 or more",
            points=1,
            when=_reaches("inr", "1", "1.7"),
            clouded_by=_VKA,
            clouded=_CLOUDED,
        ),
        Term(
            title="INR above 2.3",
            points=1,
            when=_above("inr", "1", "2.3"),
            clouded_by=_VKA,
            clouded=_CLOUDED,
        ),
        Term(
            title="ascites",
            points=1,
            when=_has("ascites"),
            telling=(_reaches("ascites_grade", "1", "1"),),
        ),
        _graded("ascites more than slight", "ascites", "ascites_grade", "2"),
        Term(
            title="hepatic encephalopathy",
            points=1,
            when=_has("hepatic_encephalopathy"),
            telling=(_reaches("encephalopathy_grade", "1", "1"),),
        ),
        _graded(
            "hepatic encephalopathy of grade 3 or 4", "hepatic_encephalopathy", "encephalopathy_grade", "3"
        ),
    ),
)

SCORES: Mapping[QuantityId, Score] = {
    score.quantity: score for score in (_CHA2DS2_VASC, _HAS_BLED, _CHILD_PUGH)
}
