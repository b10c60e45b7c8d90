"""Where things stand in the plan, the integers that describe a run to the native code.

Addresses are bytes; everything else counts floats, rows or entries.
"""

HEAD = 40
ROOM_FOR = 1 << 14  # floats of a thread's room for packed pieces of matrices
LAYER = 12
TASK = 6
NEAR = 1 << 13  # parameters for which the cache has room besides
APART = 8  # numbers that threads write stand a line of the cache apart

# the head
(
    LAYERS,
    SAMPLES,
    BATCH,
    SLICE,  # rows of a slice
    BLOCK,  # rows of a block; 0 where a slice's activations stay until the batch is done
    LANED,  # 32 samples side by side for each unit
    ROWWISE,  # the output is a softmax
    WIDE,  # layers are cut by columns, and threads meet after each
    OUTPUT,
    SOLVER,
    SHUFFLED,
    SEED,
    UPDATES,
    WEIGHTED,
    TASKS,
    FIRST_TASK,
    SIZE_OF_THETA,
    # addresses: data, then what a batch is copied to
    DATA_X,
    DATA_Y,
    DATA_S,
    ORDER,
    BATCH_X,
    BATCH_Y,
    BATCH_S,
    ZEROS,
    LOGS,  # of a softmax, and then each entry's loss
    SCRATCH,  # a task's gradient, one for each thread
    SLICE_GRADIENTS,  # tiles one after the other, slice after slice
    THETA,
    FIRST,
    SECOND,
    SCRATCH_SIZE,
    ONES,
    ROOM,  # one for each thread
) = range(34)

# a layer, at HEAD + layer * LAYER
(
    IN,
    OUT,
    W,  # offsets in theta
    B,
    ACTIVATION,
    Z,  # addresses
    A,
    D,
    TILE,  # columns that are worked on at once, going forward
    TILE_BACK,
) = range(10)

# a task of the update: a tile of a weight, or of a bias where K1 is 0
LAYER_OF, K0, K1, C0, C1, OFFSET = range(6)

# numbers for the optimizer
RATE, DECAY, MOMENTUM, BETA_1, REST_1, BETA_2, REST_2, EPSILON = range(8)

PLAIN, HEAVY, NESTEROV, ADAM, KEEP = range(5)
