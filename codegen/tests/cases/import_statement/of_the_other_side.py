# sync-only: mylib.pools
import mylib.pools
from mylib.pools import Pool
# ---- refused ----
# 2:1: TW202 import_statement: mylib.pools is for the sync side only, and this import runs on both
#   help: put it below `if TYPE_CHECKING:  # twingen: sync-only`
# 3:1: TW202 import_statement: mylib.pools is for the sync side only, and this import runs on both
#   help: put it below `if TYPE_CHECKING:  # twingen: sync-only`
