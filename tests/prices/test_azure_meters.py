import pytest

from workbench.prices.azure_meters import storage_meter


@pytest.mark.parametrize(
    ("product", "meter", "offer", "unit"),
    [
        ("Azure Premium SSD v2", "Premium LRS Provisioned Capacity", "azure/premium-ssd-v2", "GiB-month"),
        ("Azure Premium SSD v2", "Premium LRS Provisioned IOPS", "azure/premium-ssd-v2", "IOPS-month"),
        ("Azure Premium SSD v2", "Premium LRS Provisioned Throughput (MBps)", "azure/premium-ssd-v2", "MBps-month"),
        (
            "Azure Premium SSD v2",
            "Confidential Compute Encryption LRS Provisioned Capacity",
            "azure/premium-ssd-v2-confidential",
            "GiB-month",
        ),
        ("Ultra Disks", "Ultra LRS Provisioned IOPS", "azure/ultra-disk", "IOPS-month"),
        ("Premium SSD Managed Disks", "P30 ZRS Disk", "azure/premium-ssd-p30-zrs", "month"),
        ("Standard SSD Managed Disks", "Snapshots LRS Snapshots", "azure/snapshot-standard-ssd", "GiB-month"),
        ("General Block Blob v2", "Archive LRS Data Stored", "azure/blob-archive", "GiB-month"),
        ("General Block Blob v2", "Cool ZRS Data Stored", "azure/blob-cool-zrs", "GiB-month"),
    ],
)
def test_meters_have_the_names_of_the_bundled_book(known, product, meter, offer, unit):
    found = storage_meter(product, meter)
    assert (found.offer_id, found.unit) == (offer, unit)
    assert known.has(offer, "westeurope", unit)
    assert known.offer(offer, "westeurope").kind is found.kind


@pytest.mark.parametrize(
    ("product", "meter"),
    [
        ("Ultra Disks", "Ultra LRS Reservation per vCPU Provisioned"),
        ("Azure Premium SSD v2", "Instant Access Snapshots LRS"),
        ("Azure Premium SSD v2", "Something New"),
        ("Premium SSD Managed Disks", "P30 LRS Disk Mount"),
        ("Files v2", "Hot LRS Data Stored"),
    ],
)
def test_other_meters_are_not_taken_for_them(product, meter):
    assert storage_meter(product, meter) is None
