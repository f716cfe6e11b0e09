"""Checks of what was delivered for the money: stock, dispensed drugs, lab results."""

from collections.abc import Sequence

from invoicing_app.books.findings import Check
from smcapp1.models import StockMovement

_INTO = ", ".join(f"'{kind}'" for kind in StockMovement.INTO_STOCK)
_CHANGE = f"CASE WHEN kind IN ({_INTO}) THEN quantity ELSE -quantity END"

_STOCK_EQUALS_MOVEMENTS = f"""
    SELECT 'batch ' || coalesce(batch.id, moved.batch_id),
           format('holds %s, its movements add up to %s',
                  coalesce(batch.quantity_on_hand::text, 'nothing: it does not exist'),
                  coalesce(moved.total, 0))
      FROM smcapp1_stockbatch batch
      FULL JOIN (SELECT batch_id, sum({_CHANGE}) AS total
                   FROM smcapp1_stockmovement GROUP BY 1) AS moved ON moved.batch_id = batch.id
     WHERE batch.quantity_on_hand IS DISTINCT FROM coalesce(moved.total, 0)
        OR batch.quantity_on_hand < 0
"""  # noqa: S608 - our own text
_STOCK_RUNS_WITHOUT_GAP = f"""
    SELECT 'movement ' || id,
           format('leaves %s in batch %s, where %s %s %s make another number',
                  quantity_after, batch_id, before, CASE WHEN change < 0 THEN '-' ELSE '+' END,
                  abs(change))
      FROM (SELECT id, batch_id, quantity_after, {_CHANGE} AS change,
                   lag(quantity_after, 1, 0) OVER (PARTITION BY batch_id ORDER BY id) AS before
              FROM smcapp1_stockmovement) AS movement
     WHERE quantity_after <> before + change OR quantity_after < 0
"""  # noqa: S608 - our own text
_DISPENSED_EQUALS_PAID_DRUGS = """
    WITH handed_out AS (
         SELECT link.bill_item_id, sum(movement.quantity) AS quantity,
                bool_or(movement.kind IS DISTINCT FROM 'DISPENSED'
                        OR movement.quantity IS DISTINCT FROM link.quantity
                        OR batch.service_item_id IS DISTINCT FROM item.service_item_id) AS foreign
           FROM invoicing_app_dispensedstock link
           LEFT JOIN invoicing_app_billitem item ON item.id = link.bill_item_id
           LEFT JOIN smcapp1_stockmovement movement ON movement.id = link.movement_id
           LEFT JOIN smcapp1_stockbatch batch ON batch.id = movement.batch_id
          GROUP BY 1),
         sold AS (
         SELECT item.id, item.quantity
           FROM invoicing_app_billitem item
           JOIN smcapp1_department department ON department.id = item.department_id
          WHERE department.kind = 'PHARMACY' AND item.status IN ('PAID', 'REFUNDED'))
    SELECT 'bill item ' || coalesce(sold.id, handed_out.bill_item_id),
           CASE WHEN handed_out.foreign THEN 'was served by a movement that is not of this drug'
                ELSE format('%s paid, %s dispensed', coalesce(sold.quantity, 0),
                            coalesce(handed_out.quantity, 0)) END
      FROM sold FULL JOIN handed_out ON handed_out.bill_item_id = sold.id
     WHERE sold.quantity IS DISTINCT FROM handed_out.quantity OR handed_out.foreign
    UNION ALL
    SELECT 'movement ' || movement.id,
           format('was dispensed for %s bill items instead of one', count(link.id))
      FROM smcapp1_stockmovement movement
      LEFT JOIN invoicing_app_dispensedstock link ON link.movement_id = movement.id
     WHERE movement.kind = 'DISPENSED'
     GROUP BY movement.id HAVING count(link.id) <> 1
"""
_HANDED_OUT_WAS_PAID = """
    WITH given AS (
         SELECT bill_item_id, sum(quantity) AS quantity FROM invoicing_app_drughandout GROUP BY 1)
    SELECT 'bill item ' || given.bill_item_id,
           CASE WHEN item.id IS NULL THEN 'was handed out and does not exist'
                WHEN department.kind IS DISTINCT FROM 'PHARMACY'
                     THEN 'was handed out and is no drug'
                ELSE format('is %s of %s, %s handed out', item.status, item.quantity,
                            given.quantity) END
      FROM given
      LEFT JOIN invoicing_app_billitem item ON item.id = given.bill_item_id
      LEFT JOIN smcapp1_department department ON department.id = item.department_id
     WHERE (item.status IN ('PAID', 'REFUNDED') AND department.kind = 'PHARMACY'
            AND given.quantity <= item.quantity) IS NOT TRUE
"""
_HANDED_OUT_WAS_DISPENSED = """
    WITH taken AS (
         SELECT portion.hand_out_id, sum(portion.quantity) AS quantity,
                bool_or(link.bill_item_id IS DISTINCT FROM given.bill_item_id) AS is_foreign
           FROM invoicing_app_handedoutstock portion
           LEFT JOIN invoicing_app_drughandout given ON given.id = portion.hand_out_id
           LEFT JOIN invoicing_app_dispensedstock link ON link.id = portion.dispensed_id
          GROUP BY 1)
    SELECT 'hand-out ' || coalesce(given.id, taken.hand_out_id),
           CASE WHEN taken.is_foreign THEN 'came out of stock that was taken for something else'
                ELSE format('of %s, %s of them out of the stock', coalesce(given.quantity, 0),
                            coalesce(taken.quantity, 0)) END
      FROM invoicing_app_drughandout given FULL JOIN taken ON taken.hand_out_id = given.id
     WHERE given.quantity IS DISTINCT FROM taken.quantity OR taken.is_foreign
"""
_OWED_STOCK_ADDS_UP = """
    SELECT 'dispensed stock ' || link.id,
           format('of %s: %s handed out (in hand-outs: %s), %s taken back, %s brought back',
                  link.quantity, link.handed_out, coalesce(given.quantity, 0), link.taken_back,
                  link.brought_back)
      FROM invoicing_app_dispensedstock link
      LEFT JOIN (SELECT dispensed_id, sum(quantity) AS quantity
                   FROM invoicing_app_handedoutstock GROUP BY 1) AS given
             ON given.dispensed_id = link.id
     WHERE link.handed_out <> coalesce(given.quantity, 0)
        OR link.handed_out + link.taken_back > link.quantity
        OR link.brought_back > link.handed_out
        OR least(link.handed_out, link.taken_back, link.brought_back) < 0
"""
_LAB_RESULTS_EQUAL_PAID_TESTS = """
    WITH test AS (
         SELECT item.id, item.consultation_id, item.service_item_id, item.lab_result_id,
                item.status, department.kind = 'LABORATORY'
                AND item.status IN ('PAID', 'REFUNDED') AS is_wanted
           FROM invoicing_app_billitem item
           JOIN smcapp1_department department ON department.id = item.department_id
          WHERE department.kind = 'LABORATORY' OR item.lab_result_id IS NOT NULL)
    SELECT coalesce('bill item ' || test.id, 'lab result ' || result.id),
           CASE WHEN test.id IS NULL THEN 'belongs to no bill item'
                WHEN result.id IS NULL THEN 'is a paid test without a lab result'
                WHEN NOT test.is_wanted THEN format('has a lab result and is %s', test.status)
                WHEN (test.status = 'REFUNDED') <> (result.status = 'CANCELLED')
                     THEN format('is %s, and its test is %s', test.status, result.status)
                ELSE 'has a lab result of another consultation or test' END
      FROM test FULL JOIN smcapp1_labresult result ON result.id = test.lab_result_id
     WHERE test.id IS NULL
        OR test.is_wanted IS DISTINCT FROM (result.id IS NOT NULL)
        OR result.id IS NOT NULL AND (result.consultation_id, result.test_id)
                                  <> (test.consultation_id, test.service_item_id)
        OR (test.status = 'REFUNDED') <> (result.status = 'CANCELLED')
    UNION ALL
    SELECT 'lab result ' || lab_result_id, format('stands on %s bill items', count(*))
      FROM test WHERE lab_result_id IS NOT NULL GROUP BY lab_result_id HAVING count(*) > 1
"""

CHECKS: Sequence[Check] = (
    Check(
        "stock-equals-movements",
        "each batch holds what moved in less what moved out, and never less than nothing",
        "smcapp1_stockbatch",
        _STOCK_EQUALS_MOVEMENTS,
    ),
    Check(
        "stock-runs-without-gap",
        "each movement leaves what the one before it left, more or less its quantity",
        "smcapp1_stockmovement",
        _STOCK_RUNS_WITHOUT_GAP,
    ),
    Check(
        "dispensed-equals-paid-drugs",
        "each paid drug was dispensed in its quantity, and nothing else was",
        "invoicing_app_dispensedstock",
        _DISPENSED_EQUALS_PAID_DRUGS,
    ),
    Check(
        "handed-out-was-paid",
        "nothing was handed out but paid drugs, and of none more than was paid",
        "invoicing_app_drughandout",
        _HANDED_OUT_WAS_PAID,
    ),
    Check(
        "handed-out-was-dispensed",
        "what was handed out came out of the stock that was taken for it",
        "invoicing_app_drughandout",
        _HANDED_OUT_WAS_DISPENSED,
    ),
    Check(
        "owed-stock-adds-up",
        "of dispensed stock no more was handed out and taken back than there was, nor brought back"
        " than was handed out",
        "invoicing_app_dispensedstock",
        _OWED_STOCK_ADDS_UP,
    ),
    Check(
        "lab-results-equal-paid-tests",
        "lab results exist for exactly the paid tests, and those that were refunded are cancelled",
        "smcapp1_labresult",
        _LAB_RESULTS_EQUAL_PAID_TESTS,
    ),
)
