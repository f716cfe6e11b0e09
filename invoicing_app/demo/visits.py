"""Why people come to the demo hospital, and what is ordered for them then."""

from collections.abc import Sequence
from dataclasses import dataclass

Wanted = Sequence[tuple[str, int]]  # (name of the item, quantity)


@dataclass(frozen=True)
class Reason:
    """Every such visit gets ``always``; some get one or two of ``sometimes`` as well."""

    share: int
    always: Wanted
    sometimes: Wanted
    sex: str = ""  # "" for everybody
    ages: range = range(130)

    def suits(self, sex: str, age: int) -> bool:
        return self.sex in {"", sex} and age in self.ages


CHRONIC = range(30, 130)
CHILDBEARING = range(17, 46)
REASONS = (
    Reason(
        18,
        (
            ("General consultation", 1),
            ("Malaria parasite, thick and thin film", 1),
            ("Artemether-lumefantrine 20/120 mg tablets, 24", 1),
            ("Paracetamol 500 mg tablets, 20", 1),
        ),
        (("Full blood count", 1), ("Vitamin C 100 mg tablets, 100", 1), ("Widal test", 1)),
    ),
    Reason(
        9,
        (
            ("Paediatric consultation", 1),
            ("Malaria rapid diagnostic test", 1),
            ("Paracetamol 120 mg/5 mL syrup, 100 mL", 1),
        ),
        (
            ("Oral rehydration salts, sachet", 6),
            ("Zinc sulphate 20 mg tablets, 10", 1),
            ("Albendazole 400 mg tablet", 1),
            ("Haemoglobin genotype", 1),
        ),
        ages=range(16),
    ),
    Reason(
        12,
        (
            ("Follow-up consultation", 1),
            ("Amlodipine 10 mg tablets, 30", 2),
            ("Lisinopril 10 mg tablets, 28", 2),
        ),
        (
            ("Electrolytes, urea and creatinine", 1),
            ("Lipid profile", 1),
            ("Electrocardiogram", 1),
            ("Atorvastatin 20 mg tablets, 30", 1),
        ),
        ages=CHRONIC,
    ),
    Reason(
        9,
        (
            ("Specialist consultation, internal medicine", 1),
            ("Fasting blood glucose", 1),
            ("Metformin 500 mg tablets, 28", 3),
        ),
        (
            ("Glycated haemoglobin (HbA1c)", 1),
            ("Glimepiride 2 mg tablets, 30", 1),
            ("Insulin glargine 100 IU/mL pen, 3 mL", 2),
            ("Urinalysis", 1),
        ),
        ages=CHRONIC,
    ),
    Reason(
        9,
        (
            ("Antenatal consultation", 1),
            ("Obstetric ultrasound", 1),
            ("Ferrous sulphate 200 mg tablets, 30", 1),
            ("Folic acid 5 mg tablets, 30", 1),
        ),
        (
            ("Antenatal registration package", 1),
            ("Packed cell volume", 1),
            ("HIV 1 and 2 screening", 1),
            ("Tetanus toxoid 0.5 mL injection", 1),
        ),
        sex="F",
        ages=CHILDBEARING,
    ),
    Reason(
        2,
        (
            ("Emergency consultation", 1),
            ("Normal delivery", 1),
            ("Oxytocin 10 IU injection", 2),
            ("Newborn examination", 1),
        ),
        (("Blood group and rhesus factor", 1), ("Normal saline 0.9% infusion, 500 mL", 3)),
        sex="F",
        ages=CHILDBEARING,
    ),
    Reason(
        8,
        (
            ("General consultation", 1),
            ("Chest X-ray, PA", 1),
            ("Azithromycin 500 mg tablets, 3", 1),
            ("Loratadine 10 mg tablets, 10", 1),
        ),
        (("Nebulisation", 1), ("Chest physiotherapy", 1), ("Sputum for acid-fast bacilli", 1)),
    ),
    Reason(
        8,
        (
            ("Dental examination", 1),
            ("Periapical dental X-ray", 1),
            ("Metronidazole 400 mg tablets, 21", 1),
        ),
        (
            ("Scaling and polishing", 1),
            ("Simple tooth extraction", 1),
            ("Composite filling", 1),
            ("Ibuprofen 400 mg tablets, 20", 1),
        ),
    ),
    Reason(
        8,
        (
            ("Emergency consultation", 1),
            ("Wound suturing", 1),
            ("Tetanus toxoid 0.5 mL injection", 1),
            ("Ampicillin-cloxacillin 500 mg capsules, 20", 1),
        ),
        (
            ("Wrist X-ray, two views", 1),
            ("Plaster of Paris cast, forearm", 1),
            ("Diclofenac 50 mg tablets, 20", 1),
            ("Wound dressing", 3),
        ),
    ),
    Reason(
        7,
        (
            ("Physiotherapy assessment", 1),
            ("Back pain rehabilitation session", 2),
            ("Diclofenac 50 mg tablets, 20", 1),
        ),
        (("Lumbosacral spine X-ray", 1), ("Electrotherapy session", 2)),
        ages=range(18, 130),
    ),
    Reason(
        6,
        (
            ("General consultation", 1),
            ("Urine microscopy, culture and sensitivity", 1),
            ("Ciprofloxacin 500 mg tablets, 14", 1),
        ),
        (("Urinalysis", 1), ("Pelvic ultrasound", 1), ("Fluconazole 150 mg capsule", 1)),
    ),
    Reason(
        2,
        (
            ("Specialist consultation, surgery", 1),
            ("Abdominal ultrasound", 1),
            ("Appendicectomy", 1),
            ("Ceftriaxone 1 g injection", 4),
        ),
        (("Full blood count", 1), ("Metronidazole 500 mg infusion, 100 mL", 6)),
    ),
    Reason(
        2,
        (("Specialist consultation, internal medicine", 1), ("CT scan of the brain", 1)),
        (("Stroke rehabilitation session", 4), ("Aspirin 75 mg tablets, 28", 1)),
        ages=CHRONIC,
    ),
)

VOID_REASONS = (
    "Ordered for the wrong patient",
    "Patient declined",
    "Ordered twice",
    "Doctor changed the treatment",
)
RESULTS = ("Within normal limits", "No abnormality seen", "Slightly raised; repeat in two weeks")
