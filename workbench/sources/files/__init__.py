"""Files that a user brings: long tables, Odoo access logs, incident and invoice lists."""

from workbench.sources.files.bad_file import BadFile, read_lines
from workbench.sources.files.daily_counts import read_daily_counts
from workbench.sources.files.ledgers import IncidentRow, InvoiceRow, read_incidents, read_invoices
from workbench.sources.files.long_table import read_table
from workbench.sources.files.odoo_log import OdooLog, odoo_log_samples, read_odoo_log

__all__ = [
    "BadFile",
    "IncidentRow",
    "InvoiceRow",
    "OdooLog",
    "odoo_log_samples",
    "read_daily_counts",
    "read_incidents",
    "read_invoices",
    "read_lines",
    "read_odoo_log",
    "read_table",
]
