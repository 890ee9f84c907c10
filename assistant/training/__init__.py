"""`make train`: from the committed labels to the learned parameters. Needs the packages for training.

    labels            articles and questions, gold as passage rows
    batches           the batch of each step: some texts misspelt, some about another disease (diseases.toml)
    folds             paraphrases kept together; what is held out
    encoder           the encoder with a low-rank adapter, and the heads trained with it
    training          the losses and the cycles of training
    fitting           held-out questions through the serving encoder; rankers and abstainers, cross-validated
    figures           how good they are on held-out questions
    saving            the files that serving reads
    pipeline          all of it, in order

Serving never imports this package; this package uses serving's reading, splitting, evidence, quoting and folded encoder.
"""
