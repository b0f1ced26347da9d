# row: acme.Event.wait_timeout = wait
from acme import Event


async def wait(event: Event, other):
    await event.wait_timeout(1)
    await other.wait_timeout(1)

# ---- refused ----
# 7:11: TW107 method_name: wait_timeout of acme.Event has another name in the twin, and the class of this object is not known
#   help: annotate the object with its class, or add a row for all objects: [tool.twingen.libraries.methods] wait_timeout = "..."
