"""Checks of stock counts: differences moved stock as counted, when somebody else agreed."""

from collections.abc import Sequence

from invoicing_app.books.findings import Check

_COUNTED_STOCK_MOVED = """
    WITH line AS (
         SELECT line.*, line.counted - line.expected AS variance, count.status
           FROM smcapp1_stockcountline line
           LEFT JOIN smcapp1_stockcount count ON count.id = line.count_id)
    SELECT 'stock count line ' || line.id,
           CASE WHEN line.status IS NULL THEN 'belongs to no stock count'
                WHEN line.movement_id IS NOT NULL AND line.status <> 'APPROVED'
                     THEN format('moved stock and its count is %s', line.status)
                WHEN line.is_decided <> (line.status IN ('APPROVED', 'REJECTED'))
                     THEN format('is not as its count, which is %s', line.status)
                ELSE format('counted %s where %s were expected, and %s were moved', line.counted,
                            line.expected, coalesce(movement.quantity, 0)) END
      FROM line LEFT JOIN smcapp1_stockmovement movement ON movement.id = line.movement_id
     WHERE line.status IS NULL
        OR line.movement_id IS NOT NULL AND line.status <> 'APPROVED'
        OR line.is_decided <> (line.status IN ('APPROVED', 'REJECTED'))
        OR line.status = 'APPROVED'
           AND (movement.batch_id, movement.reason,
                CASE movement.kind WHEN 'FOUND' THEN movement.quantity
                                   WHEN 'MISSING' THEN -movement.quantity END)
               IS DISTINCT FROM
               (CASE WHEN line.variance <> 0 THEN line.batch_id END,
                CASE WHEN line.variance <> 0 THEN line.reason END, nullif(line.variance, 0))
    UNION ALL
    SELECT 'movement ' || movement.id, 'says that it was counted, and is of no stock count'
      FROM smcapp1_stockmovement movement
      LEFT JOIN line ON line.movement_id = movement.id
     WHERE movement.kind IN ('FOUND', 'MISSING') AND line.id IS NULL
"""
_COUNTS_HAVE_TWO_PEOPLE = """
    SELECT 'stock count ' || id,
           format('was counted by user %s and approved by user %s', counted_by_id, decided_by_id)
      FROM smcapp1_stockcount
     WHERE status = 'APPROVED'
       AND (decided_by_id NOT IN (counted_by_id, opened_by_id)) IS NOT TRUE
"""

CHECKS: Sequence[Check] = (
    Check(
        "counted-stock-moved",
        "each difference of an approved count moved its batch, and nothing else did as counted",
        "smcapp1_stockcountline",
        _COUNTED_STOCK_MOVED,
    ),
    Check(
        "stock-counts-have-two-people",
        "stock counts are approved by somebody who did not count",
        "smcapp1_stockcount",
        _COUNTS_HAVE_TWO_PEOPLE,
    ),
)
