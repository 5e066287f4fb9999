"""Several machines: what is shipped to them, how they are reached, what comes back. Only here is Dask used."""
