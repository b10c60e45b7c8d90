"""The native code of the engine, as source text.

`backproof.learn.engine.numba.source` joins these files with the activations and the loss of a
network into one module, which lies in the user's cache folder beside its machine code: Numba's
cache looks at one file only, and would not notice that a function in another one has changed.
"""
