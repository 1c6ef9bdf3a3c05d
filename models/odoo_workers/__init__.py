"""Odoo worker pools: response, overflow and usable capacity under load."""

from models.odoo_workers.batch_law import BatchLaw, fit_batch_law
from models.odoo_workers.batch_window import BatchOutlook, BatchWindow, batch_outlook, batch_speed, beside_batch
from models.odoo_workers.classes import RequestClass
from models.odoo_workers.cold import ColdShare, cold_share, registries_held, with_cold_requests
from models.odoo_workers.connections import Connections, Processes, connections
from models.odoo_workers.cpu_check import CpuCheck, check_cpu
from models.odoo_workers.day import DayLoad, day_load
from models.odoo_workers.draws import with_drawn_speed
from models.odoo_workers.fit import PoolFit
from models.odoo_workers.histogram import classes_of_histogram
from models.odoo_workers.levels import LoadLevel, has_collapsed
from models.odoo_workers.load import PoolLoad
from models.odoo_workers.log import ServiceDemand, concurrency_met, service_demand
from models.odoo_workers.memory import MemoryFit, WorkerMemory, needed_bytes, workers_that_fit
from models.odoo_workers.pool import WorkerPool
from models.odoo_workers.rule_of_thumb import RuleOfThumb, most_workers, rule_of_thumb
from models.odoo_workers.splitting import SplittingPrice, price_of_splitting
from models.odoo_workers.usable import UsableLoad

__all__ = [
    "BatchLaw",
    "BatchOutlook",
    "BatchWindow",
    "ColdShare",
    "Connections",
    "CpuCheck",
    "DayLoad",
    "LoadLevel",
    "MemoryFit",
    "PoolFit",
    "PoolLoad",
    "Processes",
    "RequestClass",
    "RuleOfThumb",
    "ServiceDemand",
    "SplittingPrice",
    "UsableLoad",
    "WorkerMemory",
    "WorkerPool",
    "batch_outlook",
    "batch_speed",
    "beside_batch",
    "check_cpu",
    "classes_of_histogram",
    "cold_share",
    "concurrency_met",
    "connections",
    "day_load",
    "fit_batch_law",
    "has_collapsed",
    "most_workers",
    "needed_bytes",
    "price_of_splitting",
    "registries_held",
    "rule_of_thumb",
    "service_demand",
    "with_cold_requests",
    "with_drawn_speed",
    "workers_that_fit",
]
