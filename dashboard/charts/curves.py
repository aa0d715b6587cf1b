"""Shares by deal age: a step line for each group with its band, labelled where it ends."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard import escape
from dashboard.charts.theme import Palette, template
from dashboard.wording.curves import AXIS, Curve, Panel

_HEIGHT, _TOP, _BOTTOM, _LEFT, _RIGHT = 300, 58, 44, 44, 46
_APART = 17  # pixels between the labels of two curves
_BAND = 0.16  # opacity
_TICKS = (0, 25, 50, 75, 100)


def curves_chart(panel: Panel, colours: Palette) -> go.Figure:
    """Draw a panel: customer-focused solid with a circle at its end, seller-focused dashed with a diamond."""
    figure = go.Figure(layout={"template": template(colours), "height": _HEIGHT})
    figure.update_layout(margin={"l": _LEFT, "r": _RIGHT, "t": _TOP, "b": _BOTTOM}, hovermode="x unified")
    _set_axes(figure, panel, colours)
    _write_heading(figure, panel, colours)
    for curve in panel.curves:
        _draw_band(figure, curve, colours)
    for curve in panel.curves:
        _draw_line(figure, curve, colours)
    _write_ends(figure, panel, colours)
    return figure


def _colour(curve: Curve, colours: Palette) -> str:
    return colours.customer if curve.group == "customer" else colours.seller


def _set_axes(figure: go.Figure, panel: Panel, colours: Palette) -> None:
    span = panel.last_day - panel.first_day
    step = next((days for days in (10, 20, 30, 60, 90, 180) if span <= 4 * days), 365)
    ticks = [panel.first_day, *range((panel.first_day // step + 1) * step, panel.last_day + 1, step)]
    ticks = [ticks[0], *(day for day in ticks[1:] if day - ticks[0] >= step / 2)]
    title = {"text": escape.plotly(AXIS), "font": {"color": colours.muted, "size": 13}, "standoff": 6}
    figure.update_xaxes(range=[panel.first_day, panel.last_day], tickvals=ticks, title=title, unifiedhovertitle={"text": "Day %{x}"})
    figure.update_yaxes(range=[-1, 101], tickvals=_TICKS, ticktext=[f"{tick}%" for tick in _TICKS], showgrid=True)


def _write_heading(figure: go.Figure, panel: Panel, colours: Palette) -> None:
    """Write the name of the state, and below it which line is whose."""
    signs = {"customer": "●", "seller": "◆"}
    names = [f'<span style="color:{_colour(each, colours)}">{signs[each.group]} {escape.plotly(each.name)}</span>' for each in panel.curves]
    where = {"x": 0, "xref": "paper", "y": 1, "yref": "paper", "xanchor": "left", "yanchor": "bottom", "showarrow": False, "xshift": -_LEFT}
    figure.add_annotation(text=f"<b>{escape.plotly(panel.title)}</b>", font={"size": 16, "color": colours.ink}, yshift=30, **where)
    figure.add_annotation(text="   ".join(names), font={"size": 13, "color": colours.muted}, yshift=9, **where)


def _draw_band(figure: go.Figure, curve: Curve, colours: Palette) -> None:
    nothing = {"mode": "lines", "line": {"width": 0, "shape": "hv"}, "hoverinfo": "skip"}
    figure.add_scatter(x=curve.days, y=curve.lows, **nothing)
    figure.add_scatter(x=curve.days, y=curve.highs, fill="tonexty", fillcolor=_faint(_colour(curve, colours)), **nothing)


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{_BAND})"


def _draw_line(figure: go.Figure, curve: Curve, colours: Palette) -> None:
    colour = _colour(curve, colours)
    is_customer = curve.group == "customer"
    figure.add_scatter(
        x=curve.days,
        y=curve.shares,
        mode="lines",
        name=escape.plotly(curve.name),
        line={"color": colour, "width": 2.5, "shape": "hv", "dash": "solid" if is_customer else "6px,3px"},
        text=[escape.plotly(text) for text in curve.hover],
        hovertemplate="%{text}<extra></extra>",
    )
    figure.add_scatter(
        x=curve.days[-1:],
        y=curve.shares[-1:],
        mode="markers",
        marker={"color": colour, "size": 9, "symbol": "circle" if is_customer else "diamond"},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _write_ends(figure: go.Figure, panel: Panel, colours: Palette) -> None:
    """Write the last value of each curve beside its end; two that are close are moved apart."""
    tall = _HEIGHT - _TOP - _BOTTOM
    ordered = sorted(panel.curves, key=lambda curve: curve.shares[-1])
    shifts = [0.0] * len(ordered)
    if len(ordered) > 1:
        missing = max(0.0, _APART - (ordered[1].shares[-1] - ordered[0].shares[-1]) / 102 * tall)
        room = ordered[0].shares[-1] / 102 * tall  # the lower label stays above the axis
        down = min(missing / 2, room)
        shifts = [-down, missing - down]
    for curve, shift in zip(ordered, shifts, strict=True):
        figure.add_annotation(
            text=f"<b>{escape.plotly(curve.label)}</b>",
            x=curve.days[-1],
            y=curve.shares[-1],
            xanchor="left",
            yanchor="middle",
            xshift=8,
            yshift=shift,
            showarrow=False,
            font={"color": _colour(curve, colours), "size": 14},
        )
