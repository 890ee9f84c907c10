"""What a question is about: which articles it cannot be about, and the same question about another disease.

A question that is certainly about something else teaches when not to answer, without anyone having labelled it.
"""

import random
import re

from assistant.training.labels import WORD, Article, Question

SUBJECT = re.compile(
    r"\brestless[- ]legs?(?: syndrome)?\b(?: \(RLS\))?|\bRLS\b|\bwillis[- ]ekbom(?: disease)?\b", re.IGNORECASE
)
RELATED = "rls-"  # slugs of articles on the main article's own subject, whose questions it may answer, begin so
OFTEN = 3  # how often an article uses a word that names its subject
# To swap the subject for: diseases that the main article does not name, written from general knowledge.
DISEASES = tuple(
    " ".join(name.split())
    for name in """
    psoriasis; glaucoma; asthma; gout; shingles; lupus; endometriosis; tinnitus; vertigo; migraine; epilepsy; sciatica;
    fibromyalgia; rosacea; eczema; appendicitis; gallstones; kidney stones; celiac disease; Crohn's disease; ulcerative
    colitis; cystic fibrosis; sickle cell disease; hemophilia; scoliosis; osteoporosis; osteoarthritis; rheumatoid
    arthritis; carpal tunnel syndrome; plantar fasciitis; frozen shoulder; tennis elbow; type 2 diabetes; high blood
    pressure; heart failure; atrial fibrillation; varicose veins; deep vein thrombosis; Raynaud's phenomenon; pneumonia;
    bronchitis; COPD; tuberculosis; whooping cough; sinusitis; hay fever; tonsillitis; strep throat; scarlet fever;
    measles; mumps; chickenpox; rubella; malaria; dengue; typhoid; cholera; hepatitis B; HIV; herpes; chlamydia; gonorrhea;
    syphilis; thrush; bacterial vaginosis; PCOS; fibroids; menopause; preeclampsia; infertility; prostatitis; erectile
    dysfunction; testicular cancer; breast cancer; lung cancer; melanoma; leukemia; lymphoma; bowel cancer; pancreatic
    cancer; ovarian cancer; thyroid cancer; brain tumor; Graves' disease; hypothyroidism; Addison's disease; Cushing's
    syndrome; acromegaly; Huntington's disease; ALS; multiple sclerosis; Alzheimer's disease; Lewy body dementia; essential
    tremor; dystonia; Tourette syndrome; narcolepsy; sleep apnea; insomnia; sleepwalking; night terrors; bruxism; Bell's
    palsy; trigeminal neuralgia; cluster headaches; Guillain-Barre syndrome; myasthenia gravis; meningitis; encephalitis;
    autism; ADHD; OCD; bipolar disorder; schizophrenia; panic attacks; anorexia; bulimia; PTSD; alcohol dependence; acne;
    vitiligo; alopecia; impetigo; ringworm; scabies; head lice; cellulitis; hives; cold sores; athlete's foot; ingrown
    toenails; bunions; cataracts; macular degeneration; conjunctivitis; dry eye; styes; detached retina; ear infections;
    Meniere's disease; hearing loss; GERD; hiatal hernia; IBS; diverticulitis; hemorrhoids; anal fissure; cirrhosis; fatty
    liver; jaundice; Wilson disease; Gaucher disease; Marfan syndrome; Ehlers-Danlos syndrome; Down syndrome; Turner
    syndrome; Klinefelter syndrome; sarcoidosis; scleroderma; Sjogren's syndrome; vasculitis; polymyalgia rheumatica; Lyme
    disease; chronic fatigue syndrome; long COVID; leg cramps; growing pains; shin splints; compartment syndrome;
    lymphedema; peripheral artery disease; scurvy; rickets; beriberi
    """.split(";")
)


def is_related(slug: str, /) -> bool:
    """Whether an article is on the main article's own subject."""
    return slug.startswith(RELATED)


def names_subject(text: str, /, *, own: Article, target: Article) -> bool:
    """Whether the question holds a word that its own article uses often and the target article never.

    Then it cannot be about the target article; "Is it inherited?", asked of another article, could be.
    """
    words = WORD.findall(text.lower())
    return any(own.word_counts[word] >= OFTEN and word not in target.word_counts for word in words)


def is_swappable(question: Question, /) -> bool:
    """Whether `swapped` makes sense of it: one short turn that names the subject and is answered."""
    turns = question.label.turns
    return bool(question.gold) and len(turns) == 1 and len(turns[0]) < 120 and SUBJECT.search(turns[0]) is not None


def swapped(question: Question, disease: str, rng: random.Random, /) -> str:
    """The question with its subject replaced by another disease, in small letters half of the time.

    "What causes RLS?" becomes "What causes scurvy?".
    """
    name = disease if rng.random() < 0.5 else disease.lower()
    return SUBJECT.sub(lambda _: name, question.label.turns[-1])
