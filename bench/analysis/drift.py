"""Whether the replicas of a case were as many as it says, shared the whole batch, and hold the same variables."""

from bench.records.run import Measurement


def other_replicas(m: Measurement) -> list[str]:
    """Why the case was not split as it says, or has drifted apart; empty where all is well, or nothing is split."""
    if not m.case.replicas:
        return []
    seen = m.proof.replicas
    if seen is None:
        return ["nothing shows that its batch was split over replicas"]
    reasons = []
    if seen.replicas != m.case.replicas:
        reasons.append(f"tf.distribute kept {seen.replicas} replicas in sync, not {m.case.replicas}")
    if seen.batch * seen.replicas != m.case.workload.batch_size:
        reasons.append(f"{seen.replicas} shares of {seen.batch} are not the batch of {m.case.workload.batch_size}")
    if m.case.replicas > 1 and not seen.all_reduce:
        reasons.append("its graph reduces nothing over its replicas")
    if seen.apart or len({*seen.digests}) > 1:
        more = f" and {len(seen.apart) - 1} more" if len(seen.apart) > 1 else ""
        reasons.append(
            f"its replicas drifted apart: {', '.join(seen.apart[:1])}{more} differ, so gradients were not averaged"
        )
    return reasons
