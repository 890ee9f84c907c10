"""The patterns of hostile text. Of a match the group "order" counts; a group "not" before it makes it harmless advice."""

from corpus.linear_patterns import LinearPattern

LONGEST_TAG = 2_000  # characters between "<" and ">"; further apart they are two signs in prose
MARKUP = LinearPattern(r"(?i)<(?:[!/?]?[a-z](?P<tag>[^<>]*)>|!--)")
# In an undisguised text, only what would run: prose has "<LOD" and addresses in brackets.
HANDLERS = (
    "abort|after|animation|auxclick|before|begin|blur|can|change|click|close|context|copy|cue|cut|dblclick|drag|drop|"
    "duration|emptied|ended|error|focus|form|got|hashchange|input|invalid|key|load|lost|message|mouse|offline|page|paste|"
    "pause|play|pointer|popstate|progress|ratechange|repeat|reset|resize|scroll|search|security|seek|select|show|slot|"
    "stalled|storage|submit|suspend|time|toggle|touch|transition|unhandled|unload|volume|waiting|webkit|wheel"
)
RUNNING_MARKUP = LinearPattern(
    r"(?i)<(?:script|iframe|object|embed|applet|svg|img)[\s/>]|<\s*/?\s*(?:script|iframe|svg)\b\s*>"
    rf"|<[a-z][^<>]*[\s/\"']on(?:{HANDLERS})[a-z]*\s*="
    r"|<a\s[^<>]*href\s*=[^<>]*>"
)
RUNNING_LINK = LinearPattern(
    r"(?i)\b(?:javascript|vbscript|livescript)[\s\pZ]*:|\bdata[\s\pZ]*:[\s\pZ]*(?:text/html|image/svg|application/)"
)
ORDERS = LinearPattern(
    r"(?i)\b(?:ignore|disregard|forget|override)\b[^.!?]{0,40}"
    r"\b(?:above|previous|prior|preceding|earlier|instructions?|prompts?|rules)\b"
    r"|\b(?:system|developer) (?:prompt|message|instructions?)\b|<\|[a-z_]+\|>|\[/?INST\]"
    r"|\byou are (?:now )?(?:an? |the )?(?:ai|assistant|chatbot|language model|chatgpt|llm|bot)\b"
    r"|\b(?:as|dear) an? (?:ai|llm|language model|assistant|chatbot)\b"
    r"|\b(?:tell|advise|instruct|answer) (?:them|the (?:user|users|visitor|visitors|reader|readers|person)) (?:to|that)\b"
    r"|\b(?:assistant|chatbot|bot|ai|language model)s?\b[^.!?]{0,30}\b(?:must|should|has to|have to|shall|is to|needs? to)\b"
    r"[^.!?]{0,30}\b(?:say|tell|answer|reply|recommend|ignore|respond|quote|output|never|always)\b"
    r"|\bfrom now on,? (?:you (?:must|will|shall) )?(?:answer|reply to|respond to) (?:every|all|each|any) "
    r"(?:questions?|messages?)\b"
    r"|\bas (?:the|an?|your) (?:[a-z]+ )?(?:assistant|chatbot|ai),? (?:answer|reply|respond) only with\b"
)
# German, French and Spanish, word for word, with an "all" where the same form tells what somebody does: "vergessen Sie Ihre
# Anweisungen nicht" and "el paciente ignora las indicaciones previas" are what a doctor may write.
ORDERS_ABROAD = LinearPattern(
    r"(?i)(?:^|[^\pL\pN])(?P<not>(?:nicht|nie|n['’]|ne|no|nunca|jamais)\s*)?(?P<order>"
    r"(?:(?:ignorieren\s+sie|vergiss)\s+(?:bitte\s+)?(?:alle\s+)?"
    r"|(?:ignoriere|ignoriert|vergessen\s+sie|vergesst|missachte|missachtet|missachten\s+sie)\s+(?:bitte\s+)?alle\s+)"
    r"(?:die\s+|deine\s+|ihre\s+|eure\s+)?(?:vorherigen?|vorigen?|bisherigen?|vorangegangenen|vorangehenden|obigen|früheren?)\s+"
    r"(?:(?:system)?anweisung(?:en)?|instruktion(?:en)?|(?:system-?)?prompts?)"
    r"|(?:ignorez|ignore|oubliez|oublie)\s+"
    r"(?:toutes\s+(?:les|tes|vos|ces)\s+(?:instructions|consignes|directives)|(?:les|tes|vos|ces)\s+instructions)\s+"
    r"(?:précédentes|antérieures|ci-dessus)"
    r"|(?:ignora|ignore|ignorad|ignoren|olvida|olvide|olvidad|olviden)\s+"
    r"(?:todas\s+(?:las|tus|sus|estas)\s+(?:instrucciones|indicaciones|directrices)|(?:las|tus|sus|estas)\s+instrucciones)\s+"
    r"(?:anteriores|previas|precedentes)"
    r"|du\s+bist\s+(?:jetzt|ab\s+jetzt|nun)\s+(?:eine?\s+)?(?:ki|assistent|chatbot|sprachmodell)"
    r"|tu\s+es\s+(?:maintenant|désormais)\s+(?:une?\s+)?(?:ia|assistant|chatbot|modèle\s+de\s+langage)"
    r"|(?:ahora\s+eres|eres\s+ahora)\s+(?:una?\s+)?(?:ia|asistente|chatbot|modelo\s+de\s+lenguaje)"
    r")(?:[^\pL\pN]|$)"
)
# For words whose letters stood apart, once they are closed up and the ends of the words are lost.
BARE_ORDERS = LinearPattern(
    r"(?:ignore|disregard|forget|override)\pL{0,20}(?:above|previous|prior|preceding|earlier|instructions?|prompts?)"
)
