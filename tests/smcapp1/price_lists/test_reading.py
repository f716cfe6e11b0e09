"""Published lists with their mess: what is read from each, and which row is rejected for what."""

import pytest

from hospital.core.csv_files import BadFile
from tests.smcapp1.price_lists.lists import entries, read

SYRUP = [(2, "", "Cough syrup", "12.50")]


@pytest.mark.parametrize(
    "written",
    [
        "Description,Price\nCough syrup,12.50\n",
        "\N{BYTE ORDER MARK}Description,Price\r\nCough syrup,12.50\r\n",
        "Description,Price\rCough syrup,12.50\r",
        "Description,Price\nCough syrup,12.50",
        " Description , Price \n Cough  syrup , $12.50 \n",
        "Description;Price\nCough syrup;12,50\n",
        "Description\tPrice\nCough syrup\t12.50\n",
        "Description|Price\nCough syrup|12.50\n",
        '"Description", "Price"\n"Cough syrup", "12.50"\n',
        '"Item\nname","Price"\n"Cough\nsyrup","12.50"\n',
        "Facility,Description,Unit Price\nMain,Cough syrup,12.50\n",
        "Hospital Name,Drug,Gross Charge\nMain,Cough syrup,12.50\n",
        "item_name,unit_price\nCough syrup,12.50\n",
        "ItemName,UnitPrice\nCough syrup,12.50\n",
        "PRODUCT,AMOUNT (USD)\nCough syrup,12.50\n",
        "Charge Description,1/1/19 Fee\nCough syrup,12.50\n",
        "Service,Tariff,Effective date\nCough syrup,12.50,2026-01-01\n",
        "Item;Name, generic;Price, net\nA;Cough syrup;12.50\n",
        "Bezeichnung;Preis\nCough syrup;12,50 €\n",
        "Description,Price\nCough syrup,12.50\n,\n\n , \n",
        "Description,Price\nCough syrup,12.50\nDESCRIPTION, PRICE\n",
        "Description,Price,,\nCough syrup,12.50,,,,\n",
        "No.,Description,Price\n1,Cough syrup,12.50\n",
    ],
)
def test_a_list_is_read_as_it_was_published(written):
    listed = read(written)

    assert [one[1:] for one in entries(listed)] == [one[1:] for one in SYRUP]
    assert listed.rejected == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_accents_survive_every_encoding(encoding):
    listed = read("Description,Price\nPaté \N{EN DASH} crème,€12.50\n".encode(encoding))

    assert entries(listed) == [(2, "", "Paté \N{EN DASH} crème", "12.50")]


def test_titles_and_disclaimers_above_the_header_are_passed_over():
    listed = read(
        "General Hospital, price list 2026\n"
        '"Prices are charges, ""as is"";\nno promise is made, see the description"\n'
        "\n"
        "sep=,\n"
        "Code,Description,Price\n"
        '7,"Cough\nsyrup",12.50\n'
        "8,Bandage,3\n"
    )

    assert entries(listed) == [(7, "7", "Cough syrup", "12.50"), (9, "8", "Bandage", "3.00")]
    assert listed.columns == ("Description", "Price", "Code")


@pytest.mark.parametrize(
    ("headings", "code"),
    [
        ("Code,Description,Price", "A1"),
        ("CC,CC Description,Price", "A1"),
        ("Charge #,Description,Price", "A1"),
        ("CDM,Description,Price", "A1"),
        ("CPT,Description,Price", "A1"),
        ("Item ID,Item,Price", "A1"),
        ("Revenue Code,Description,Price", ""),
        ("Department Code,Description,Price", ""),
        ("No,Description,Price", ""),
    ],
)
def test_a_column_of_codes_is_known_by_its_heading(headings, code):
    listed = read(f"{headings}\nA1,Cough syrup,12.50\n")

    assert entries(listed) == [(2, code, "Cough syrup", "12.50")]


def test_the_hospitals_own_code_goes_before_a_billing_code():
    listed = read("CPT,Item Code,Description,Price\n99213,A1,Visit,12.50\n")

    assert listed.columns == ("Description", "Price", "Item Code")


def test_columns_with_other_words_can_be_named():
    listed = read(
        "Was,Wieviel,Nummer,Price\nHustensaft,12.50,H1,99\n",
        name="was",
        price="WIEVIEL",
        code="Nummer",
    )

    assert entries(listed) == [(2, "H1", "Hustensaft", "12.50")]


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        ("A1,Syrup,VARIABLE", "Price", "'VARIABLE' is not a price."),
        ("A1,Syrup,", "Price", "is empty."),
        ("A1,Syrup", "Price", "is empty."),
        ("A1,Syrup,0.00", "Price", "'0.00' is not a price above zero."),
        ("A1,Syrup,(5.00)", "Price", "'(5.00)' is not a price above zero."),
        ("A1,Syrup,12.345", "Price", "'12.345' has more than two decimals; nothing is rounded."),
        ("A1,Syrup,99999999999", "Price", "'99999999999' is too large: at most 9999999999.99."),
        ("A1,Syrup,1\x002", "Price", "'1?2' is not a price."),
        ("A1,,5.00", "Description", "is empty."),
        ("A1,Sy\x00rup,5.00", "Description", "holds a character that is no text."),
        (f"A1,{'x' * 251},5.00", "Description", "is longer than 250 characters."),
        (f"{'x' * 61},Syrup,5.00", "Code", "is longer than 60 characters."),
        ("A\x001,Syrup,5.00", "Code", "holds a character that is no text."),
        ("Prices may change without notice.", "Description", "is empty."),
        (
            "A1,Syrup,$1,234.00",
            "Price",
            "stands in a row with more cells than the header has columns.",
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected_with_row_column_and_reason(row, column, why):
    listed = read(f"Code,Description,Price\nA0,Bandage,3.50\n{row}\nA2,Plaster,4.50\n")

    assert [str(one) for one in listed.rejected] == [f"row 3, column {column}: {why}"]
    assert [one.name for one in listed.entries] == ["Bandage", "Plaster"]


@pytest.mark.parametrize(
    "written",
    ["Description,Price,\nBed,$1,234.00\n", "Description,Price,Code\nBed,$1,234.00\n"],
)
def test_a_price_cut_in_two_by_its_own_comma_is_not_read_as_its_first_half(written):
    listed = read(written)

    assert [str(one) for one in listed.rejected] == [
        "row 2, column Price: may go on in the next cell; put it into quotes."
    ]


def test_the_other_prices_of_a_list_say_what_a_separator_means():
    english = read('Item,Price\nBed,"1,234"\nBandage,12.50\nPlaster,1.234\n')
    european = read("Item;Price\nBed;1.234\nBandage;12,50\nPlaster;1,234\n")
    silent = read("Item;Price\nBed;1.234\nBandage;12\nPlaster;1,234\n")

    assert [str(one.price) for one in english.entries] == ["1234.00", "12.50"]
    assert [str(one.price) for one in european.entries] == ["1234.00", "12.50"]
    assert [str(one.price) for one in silent.entries] == ["12.00"]


@pytest.mark.parametrize(
    ("written", "columns", "why"),
    [
        (b"", {}, "list.csv: is empty."),
        (b"\xef\xbb\xbf", {}, "has no header"),
        (b" \r\n ", {}, "list.csv: is empty."),
        (b"PK\x03\x04\x14\x00", {}, "list.csv: is a spreadsheet, not a text; save it as CSV."),
        (b"%PDF-1.7", {}, "list.csv: is a PDF, not a text; save it as CSV."),
        (b"\x81\x8d\nx", {}, "list.csv, row 1: is no text in utf-8-sig or cp1252."),
        (b"\xff\xfeD", {}, "is no text in utf-16."),
        ("Price;Amount".encode("utf-16-le"), {}, "has no header"),
        (b"Once upon a time\nthere was a price, and a name.\n", {}, "has no header"),
        (b"Syrup,12.50\nBandage,3.00\n", {}, "has no header"),
        (b"Description,Code\nSyrup,A1\n", {}, "has no header"),
        (b"Description,Price\n", {}, "list.csv, row 1: has no rows below its header."),
        (
            b'Description,Price\nBandage,3\n"Sy"rup,12.50\n',
            {},
            "list.csv, row 3: is not a table: ',' expected after '\"'.",
        ),
        (
            b'Description,Price\nBandage,3\n"Syrup,12.50\n',
            {},
            "list.csv, row 3: is not a table: unexpected end of data.",
        ),
        (
            b"Description,Price\nBandage,3\nSyrup," + b"9" * 200_000,
            {},
            "list.csv, row 3: is not a table: field larger than field limit (131072).",
        ),
        (
            b"\nDescription,Gross Charge,Cash Price\nSyrup,12.50,10.00\n",
            {},
            "list.csv, row 2, column Gross Charge: several columns may hold the price:"
            " 'Gross Charge', 'Cash Price'. Name one (--price-column).",
        ),
        (
            b"Description,Price,Price\nSyrup,12.50,10.00\n",
            {},
            "several columns may hold the price: 'Price', 'Price'.",
        ),
        (
            b"Short Description,Long Description,Price\nSyrup,Cough syrup,12.50\n",
            {},
            "several columns may hold the item's name: 'Short Description', 'Long Description'.",
        ),
        (
            b"Charge Code,Item Code,Description,Price\n1,2,Syrup,12.50\n",
            {},
            "several columns may hold the item's code: 'Charge Code', 'Item Code'.",
        ),
        (b"Description,Price\nSyrup,12.50\n", {"name": "Was"}, "list.csv, column Was: has no"),
        (b"Description,Price\nSyrup,12.50\n", {"price": "Cost"}, "list.csv, column Cost: has no"),
        (
            b"Description,Price\nSyrup,12.50\n",
            {"code": "Nr"},
            "list.csv, row 1, column Nr: is missing.",
        ),
        (
            "Description,Price\nSyrup,$12.50\nBandage,€3.00\n".encode(),
            {},
            "list.csv, row 3, column Price: is in €, where earlier prices are in $.",
        ),
    ],
)
def test_what_is_no_price_list_is_refused_with_its_place(written, columns, why):
    with pytest.raises(BadFile) as refusal:
        read(written, **columns)

    assert why in refusal.value.detail
    assert refusal.value.detail.startswith("list.csv")


def test_one_of_several_columns_can_be_chosen():
    listed = read("Description,Gross Charge,Cash Price\nSyrup,12.50,10.00\n", price="Cash price")

    assert entries(listed) == [(2, "", "Syrup", "10.00")]
