"""`make train`: from the committed labels to what the assistant has learned. Needs requirements-train.txt.

    labels            articles and questions, gold as passage rows
    subjects          what a question is about, and which article it cannot be about
    misspelling       questions as hasty fingers type them
    folds             paraphrases kept together; what is held out
    trainable_encoder the encoder with a low-rank adapter, and the heads trained with it
    encodings         pooled vectors of many texts
    batches, losses   one step of training: what it sees, what it is told
    adapter_training  the cycles of training
    evidence_rows     held-out questions, through the serving encoder
    conditional_logit the rankers
    outcome_model     the abstainers
    fitting           both together, cross-validated
    figures           how good they are on what they have not seen
    saving            the files that serving reads
    pipeline          all of it, in order

Serving never imports this package. What serving has (reading, splitting, evidence, quoting, the folded encoder) is used
from there.
"""
