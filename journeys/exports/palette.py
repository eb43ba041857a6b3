"""The colours of an exported journey: the light half of static/css/tokens.css.

sRGB, from OKLCH after Björn Ottosson's matrices (https://bottosson.github.io/posts/oklab/), clipped; a test recomputes them.
"""

INK, INK_2, INK_3 = "#1b2130", "#4c5361", "#606672"
PAPER, SHEET, LINE, LINE_2, EDGE = "#f9fafd", "#ffffff", "#dbdee5", "#eef0f4", "#838996"
ACCENT = "#1e59cd"
TOUCH, TOUCH_2, TOUCH_EDGE, TOUCH_INK = "#e2f2ff", "#f1faff", "#5ea2ed", "#1a3363"
FEEL, FEEL_EDGE, FEEL_INK = "#ffe0ef", "#e770a9", "#7f124c"
EVENT, EVENT_EDGE, EVENT_INK = "#ffeec7", "#e4a339", "#6e3c00"
MILE, MILE_EDGE, MILE_INK = "#d4f7de", "#37ab6b", "#004a27"
HAND, WIRE, MISS, STAGE = "#7444b4", "#63718f", "#9a4312", "#d5e2f9"
#: not tokens: every second stage, the band of feelings, and the star, as canvas.css and cards.css have them
ODD, BAND, STAR = "#f4f6fb", "#fffbfd", "#a06200"

#: kind of card -> fill, edge, ink
CARD = {
    "touchpoint": (TOUCH, TOUCH_EDGE, TOUCH_INK),
    "milestone": (MILE, MILE_EDGE, MILE_INK),
    "event": (EVENT, EVENT_EDGE, EVENT_INK),
}
