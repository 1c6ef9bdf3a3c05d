"""Queues: waiting and response times of stations and networks, service times from data, and a simulator to check them."""

from models.queueing.erlang import erlang_b, erlang_c
from models.queueing.multiserver import MultiServerQueue
from models.queueing.network import closed_network
from models.queueing.scaling import fit_usl
from models.queueing.service import ServiceTime
from models.queueing.simulation import simulate

__all__ = ["MultiServerQueue", "ServiceTime", "closed_network", "erlang_b", "erlang_c", "fit_usl", "simulate"]
