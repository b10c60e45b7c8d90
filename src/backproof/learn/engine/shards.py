"""Where rows and parameters lie when there are several devices: batches in equal slabs over all of
them, and each epoch's exchange of rows between processes."""

# JAX's annotations are partial: what it returns is unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...errors import BackproofError

Array = Any  # a NumPy array or JAX's

AXIS = "samples"


@dataclass(frozen=True, slots=True)
class Batches:
    """How `rows` rows are cut: `full` batches of `size` rows and a last one of `rest` rows.

    Each device holds one slab of every batch, `slab` rows of a full one and `slab_of_rest` of the
    last. Where the devices do not divide a batch, the last slabs are shorter or empty, which is how
    XLA itself lays out an axis that its devices do not divide.
    """

    rows: int
    size: int
    devices: int

    @property
    def full(self) -> int:
        return self.rows // self.size

    @property
    def rest(self) -> int:
        return self.rows % self.size

    @property
    def slab(self) -> int:
        return -(-self.size // self.devices)

    @property
    def slab_of_rest(self) -> int:
        return -(-self.rest // self.devices)

    @property
    def slots(self) -> int:
        """Rows that one device has room for."""
        return self.full * self.slab + self.slab_of_rest

    def places(self) -> tuple[Array, Array]:
        """For each position in the epoch's order: the device, and the slot on that device."""
        import numpy as np

        batch, within = np.divmod(np.arange(self.rows), self.size)
        width = np.where(batch < self.full, self.slab, self.slab_of_rest)
        return within // width, batch * self.slab + within % width


@dataclass(frozen=True, slots=True)
class Grid:
    """The devices of all processes in one line, each process's beside each other."""

    mesh: Any
    processes: int
    index: int

    @property
    def devices(self) -> int:
        return self.mesh.size

    @property
    def local(self) -> int:
        return self.devices // self.processes

    def sharding(self, *axes: str | None) -> Any:
        from jax.sharding import NamedSharding, PartitionSpec

        return NamedSharding(self.mesh, PartitionSpec(*axes))

    def put(self, array: Array, sharding: Any) -> Any:
        """An array that every process has whole, laid out over the devices. It is copied, since on
        a CPU JAX would otherwise go on reading the memory that the caller changes."""
        import jax

        own = array.copy()
        return jax.make_array_from_callback(own.shape, sharding, lambda part: own[part])

    def layout(self, array: Array, shard_above: int) -> tuple[str | None, ...]:
        """How a parameter lies: whole on every device, or, above `shard_above` bytes, cut along its
        longest axis that the devices divide."""
        cuttable = [i for i, n in enumerate(array.shape) if n and n % self.devices == 0]
        if self.devices == 1 or array.nbytes <= shard_above or not cuttable:
            return ()
        longest = max(cuttable, key=lambda i: array.shape[i])
        return tuple(AXIS if i == longest else None for i in range(array.ndim))

    def counts(self, own: int, settings: tuple[float | None, ...] = ()) -> list[int]:
        """How many rows each process has.

        Raises BackproofError, in all processes, if they don't call with the same settings: each
        would wait for what the others never send.
        """
        if self.processes == 1:
            return [own]
        import jax
        import numpy as np
        from jax.experimental import multihost_utils

        with jax.enable_x64(True):
            mine = np.array([own, *(-1 if x is None else x for x in settings)], np.float64)
            gathered = multihost_utils.process_allgather(mine)
        if (gathered[:, 1:] != gathered[0, 1:]).any():
            raise BackproofError(
                f"the processes don't agree: {gathered[:, 1:].tolist()}",
                hint="the same calls in each, with settings worked out from all rows",
            )
        return [int(n) for n in gathered[:, 0]]


@lru_cache(maxsize=1)
def grid() -> Grid:
    """All devices there are."""
    import jax
    import numpy as np
    from jax.sharding import Mesh

    devices: list[Any] = list(jax.devices())
    devices.sort(key=lambda device: (device.process_index, device.id))
    return Grid(Mesh(np.array(devices), (AXIS,)), jax.process_count(), jax.process_index())


def spread(
    grid: Grid, rows: Mapping[str, Array], counts: list[int], order: Array, batches: Batches
) -> dict[str, Any]:
    """Every row in the slab that it belongs to.

    `rows` are this process's own rows by name (rows first), `counts` how many each process has,
    `order` the row of all processes' that comes at each position. Returns arrays of
    `devices * slots` rows, split over the devices.
    """
    if grid.processes == 1:
        return _placed(grid, rows, order, batches)
    return _exchanged(grid, rows, counts, order, batches)


def _placed(
    grid: Grid, rows: Mapping[str, Array], order: Array, batches: Batches
) -> dict[str, Any]:
    import jax
    import numpy as np

    device, slot = batches.places()
    target = device * batches.slots + slot
    out: dict[str, Any] = {}
    for name, given in rows.items():
        laid = np.zeros((grid.devices * batches.slots, *given.shape[1:]), given.dtype)
        laid[target] = given[order]
        out[name] = jax.device_put(laid, grid.sharding(AXIS))
    return out


def _exchanged(
    grid: Grid, rows: Mapping[str, Array], counts: list[int], order: Array, batches: Batches
) -> dict[str, Any]:
    """Each device sends each other device the rows that it needs, in one all-to-all."""
    import jax
    import numpy as np

    split = grid.sharding(AXIS)
    held = -(-max(counts) // grid.local)
    first = np.concatenate([[0], np.cumsum(counts)])
    process = np.searchsorted(first, order, side="right") - 1
    nth, source_row = np.divmod(order - first[process], held)
    source = process * grid.local + nth
    device, slot = batches.places()
    send, receive = _parcels(grid.devices, (source, source_row), (device, slot), batches.slots)

    def mine(table: Array) -> Any:
        return jax.make_array_from_callback(table.shape, split, lambda part: table[part])

    own: dict[str, Any] = {}
    for name, given in rows.items():
        padded = np.zeros((grid.local * held, *given.shape[1:]), given.dtype)
        padded[: len(given)] = given
        own[name] = jax.make_array_from_process_local_data(split, padded)
    return _exchange(grid.mesh, batches.slots)(own, mine(send), mine(receive))


def _parcels(
    devices: int, source: tuple[Array, Array], target: tuple[Array, Array], slots: int
) -> tuple[Array, Array]:
    """The row numbers that each device sends to each (devices x devices x room), and for each
    device the slots where what it gets belongs. Room that is not used points past the last slot."""
    import numpy as np

    pair = source[0] * devices + target[0]
    sizes = np.bincount(pair, minlength=devices * devices)
    # Some room to spare: the sizes change with every shuffle, and a new size is compiled anew.
    mean = len(pair) / (devices * devices)
    room = max(int(sizes.max()), int(mean + 6 * mean**0.5) + 8)
    by_pair = np.argsort(pair, kind="stable")
    start = np.cumsum(sizes) - sizes
    nth = np.arange(len(pair)) - start[pair[by_pair]]
    send = np.zeros((devices * devices, room), np.int32)
    send[pair[by_pair], nth] = source[1][by_pair]
    receive = np.full((devices, devices, room), slots, np.int32)
    receive[target[0][by_pair], source[0][by_pair], nth] = target[1][by_pair]
    return send.reshape(devices, devices, room), receive


@lru_cache(maxsize=8)
def _exchange(mesh: Any, slots: int) -> Any:
    import jax
    import jax.numpy as jnp
    from jax.sharding import PartitionSpec as P

    def on_one_device(rows: dict[str, Any], send: Any, receive: Any) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name, given in rows.items():
            parcels = jax.lax.all_to_all(given[send[0]], AXIS, 0, 0)
            room = jnp.zeros((slots, *given.shape[1:]), given.dtype)
            out[name] = room.at[receive[0]].set(parcels, mode="drop")
        return out

    return jax.jit(
        jax.shard_map(on_one_device, mesh=mesh, in_specs=P(AXIS), out_specs=P(AXIS)),
    )
