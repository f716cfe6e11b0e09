"""Checks of receipt numbers: unique, and each cashier's own series without a gap."""

from collections.abc import Mapping, Sequence

from client_wallet import receipts
from invoicing_app.books.findings import Check

# series → what carries its numbers: (name of the row, cashier, receipt number)
SERIES: Mapping[str, str] = {
    receipts.DEPOSIT: (
        "'deposit ' || id, taken_by_id, receipt_number FROM client_wallet_walletdeposit"
    ),
    receipts.PAYMENT: (
        "'payment ' || id, taken_by_id, receipt_number FROM invoicing_app_depositreceiving"
    ),
    receipts.REFUND: (
        "'refund ' || id, paid_by_id, receipt_number FROM invoicing_app_refund"
        " WHERE status = 'PAID'"
    ),
}
_RECEIPTS = " UNION ALL ".join(f"SELECT '{series}', {rows}" for series, rows in SERIES.items())  # noqa: S608 - our own text
_ALL = f"({_RECEIPTS}) AS receipt (series, document, cashier_id, number)"
_UNIQUE = f"""
    SELECT 'receipt ' || number, 'stands on ' || string_agg(document, ', ' ORDER BY document)
      FROM {_ALL} GROUP BY number HAVING count(*) > 1
"""  # noqa: S608 - our own text
_HAVE_NO_GAP = f"""
    WITH read AS (
         SELECT *, format('%s-%s-', series, lpad(cashier_id::text,
                          greatest(4, length(cashier_id::text)), '0')) AS prefix,
                (regexp_match(number, '^[A-Z]{{3}}-[0-9]{{4,}}-([0-9]{{6,15}})$'))[1] AS digits
           FROM {_ALL}),
         own AS (
         SELECT series, cashier_id, document, prefix, digits::bigint AS counted
           FROM read WHERE number = prefix || digits AND digits !~ '^0[0-9]{{6,}}$'),
         stepped AS (
         SELECT *, lag(counted, 1, 0::bigint)
                   OVER (PARTITION BY series, cashier_id ORDER BY counted) AS before
           FROM own)
    SELECT 'receipt ' || number, format('of %s is not a %s number of its cashier, user %s',
                                        document, series, cashier_id)
      FROM read WHERE digits IS NULL OR number <> prefix || digits OR digits ~ '^0[0-9]{{6,}}$'
    UNION ALL
    SELECT format('receipt %s%s', prefix, lpad((before + 1)::text,
                  greatest(6, length((before + 1)::text)), '0')),
           format('%s missing before %s', counted - before - 1, document)
      FROM stepped WHERE counted > before + 1
    UNION ALL
    SELECT format('counter %s of user %s', series, cashier_id),
           format('stands at %s, the last receipt is number %s',
                  coalesce(counter.last_number::text, 'nothing'), coalesce(last.counted, 0))
      FROM client_wallet_receiptcounter counter
      FULL JOIN (SELECT series, cashier_id, max(counted) AS counted FROM own GROUP BY 1, 2) AS last
           USING (series, cashier_id)
     WHERE coalesce(counter.last_number, 0) <> coalesce(last.counted, 0)
"""  # noqa: S608 - our own text

CHECKS: Sequence[Check] = (
    Check(
        "receipt-numbers-unique",
        "no receipt number was given twice, over deposits, payments and refunds",
        _ALL,
        _UNIQUE,
    ),
    Check(
        "receipt-numbers-have-no-gap",
        "each cashier's receipts of a series are numbered 1, 2, 3, … up to the counter",
        _ALL,
        _HAVE_NO_GAP,
    ),
)
