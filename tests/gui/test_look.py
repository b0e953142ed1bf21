"""Colours read by everyone: contrast in every scheme, and severities that differ without colour."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QDate, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.presenters.tones import Tone
from gui.settings import SCALES, Scheme, Settings
from gui.theme.look import Look
from gui.theme.tokens import CONTRAST, DARK, LIGHT, Tokens, contrast
from gui.widgets.day import DayField
from gui.widgets.marks import paint_mark
from gui.widgets.notice import Notice
from gui.widgets.text import column

SCHEMES = {"light": LIGHT, "dark": DARK, "high contrast": CONTRAST}


@pytest.mark.parametrize("tokens", SCHEMES.values(), ids=SCHEMES)
def test_every_text_colour_reads_on_every_surface(tokens: Tokens) -> None:
    for surface in (tokens.canvas, tokens.surface, tokens.raised, tokens.selection):
        for ink in (tokens.text, tokens.muted):
            assert contrast(ink, surface) >= 4.5, (ink, surface, contrast(ink, surface))
    for surface in (tokens.canvas, tokens.surface):
        assert contrast(tokens.accent, surface) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5


@pytest.mark.parametrize("tokens", SCHEMES.values(), ids=SCHEMES)
@pytest.mark.parametrize("tone", Tone)
def test_every_meaning_reads_on_its_tint_and_on_the_page(tokens: Tokens, tone: Tone) -> None:
    hue = tokens.hue(tone)
    for surface in (hue.tint, tokens.surface, tokens.canvas):
        assert contrast(hue.ink, surface) >= 4.5, (tone, hue.ink, surface, contrast(hue.ink, surface))


@pytest.mark.parametrize("tokens", SCHEMES.values(), ids=SCHEMES)
def test_bars_and_lines_of_controls_stand_out(tokens: Tokens) -> None:
    for ink in (tokens.towards, tokens.away, tokens.strong_line):
        assert contrast(ink, tokens.surface) >= 3


def test_severities_differ_in_shape_alone(look: Look) -> None:
    shapes = set()
    # What is clear and what holds share the tick; the words beside them differ.
    for tone in set(Tone) - {Tone.HOLDS}:
        image = QImage(32, 32, QImage.Format.Format_ARGB32)
        image.fill(0xFFFFFFFF)
        painter = QPainter(image)
        paint_mark(painter, QRectF(0, 0, 32, 32), tone, look)
        painter.end()
        inked = bytes(image.pixelColor(x, y).lightness() < 200 for y in range(32) for x in range(32))
        shapes.add(inked)
    assert len(shapes) == len(Tone) - 1


@pytest.mark.parametrize("scale", SCALES)
def test_the_grid_follows_the_text_size(look: Look, scale: int) -> None:
    look.settings = Settings(scale=scale)
    assert look.px(100) == scale
    assert look.font().pixelSize() == round(14 * scale / 100)


def test_a_scheme_of_ones_own_is_kept_whatever_the_system_says(look: Look) -> None:
    look.change(Settings(scheme=Scheme.DARK))
    assert look.tokens is DARK
    look.change(Settings(scheme=Scheme.LIGHT))
    assert look.tokens is LIGHT


def test_a_notice_begun_before_it_is_placed_never_becomes_a_window(look: Look, qtbot: QtBot) -> None:
    notice = Notice(look, "Notice")
    notice.begin(Tone.NOTE, "Read only")
    assert not notice.isVisible()
    page = QWidget()
    qtbot.addWidget(page)
    column(page).addWidget(notice)
    page.show()
    assert notice.isVisible()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_a_day_is_entered_in_a_field_like_any_other(look: Look, qtbot: QtBot, scheme: Scheme) -> None:
    look.change(replace(look.settings, scheme=scheme))
    box = QWidget()
    lines = column(box)
    day, word = DayField(look, QDate(2026, 3, 2)), QLineEdit()
    lines.addWidget(word)
    lines.addWidget(day)
    qtbot.addWidget(box)
    box.show()
    box.setFocus()
    frames = [field.grab().toImage() for field in (word, day)]
    assert day.height() == word.height()
    assert day.lineEdit().width() > day.lineEdit().fontMetrics().horizontalAdvance("2026-03-02")
    edges = [{image.pixelColor(0, y).name() for y in range(8, image.height() - 8)} for image in frames]
    assert edges[0] == edges[1] == {look.tokens.strong_line.lower()}
