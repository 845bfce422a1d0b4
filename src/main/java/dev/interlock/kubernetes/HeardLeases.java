package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// When each webhook's Lease was seen to be renewed. A process is live for as long as its Lease says after that, as
/// leader election in Kubernetes has it (`tools/leaderelection` in client-go): no clock is compared with another
/// one. Of a Lease that is met for the first time it is not known how old it is; it counts as renewed then.
final class HeardLeases {
    private Map<String, Heard> heard = Map.of();

    /// @param lease   as it was then
    /// @param at      as [System#nanoTime()] has it
    /// @param renewal whether it was seen to be renewed, and not only met
    private record Heard(Lease lease, long at, boolean renewal) {}

    /// Takes in all Leases that there are.
    ///
    /// @param nanos as [System#nanoTime()] has it, here and below
    synchronized void hear(List<Lease> leases, long nanos) {
        Map<String, Heard> now = new HashMap<>();
        leases.forEach(lease -> {
            String name = lease.getMetadata().getName();
            Heard known = heard.get(name);
            boolean renewed =
                    known != null && !WebhookLease.renewed(known.lease()).equals(WebhookLease.renewed(lease));
            now.put(
                    name,
                    known == null || renewed
                            ? new Heard(lease, nanos, renewed)
                            : new Heard(lease, known.at(), known.renewal()));
        });
        heard = now;
    }

    /// All of them are met for the first time again.
    synchronized void forget() {
        heard = Map.of();
    }

    /// The Leases of the processes that are live.
    synchronized List<Lease> live(long nanos) {
        return heard.values().stream()
                .filter(each ->
                        nanos - each.at() < WebhookLease.duration(each.lease()).toNanos())
                .map(Heard::lease)
                .toList();
    }

    /// For how long each process has answered.
    ///
    /// @param now what the clock says at that moment
    synchronized List<Answering.Span> spans(Instant now, long nanos) {
        return heard.values().stream()
                .flatMap(each -> WebhookLease.answeredFor(each.lease())
                        .map(length -> span(each, length, now.minusNanos(nanos - each.at())))
                        .stream())
                .toList();
    }

    /// When it began is told by how long it says that it has answered. When one that was only met was renewed is
    /// told by its own clock, which is believed in no further than that it was before now.
    private static Answering.Span span(Heard each, Duration length, Instant at) {
        Instant said = WebhookLease.renewed(each.lease()).orElse(at);
        Instant renewed = each.renewal() || said.isAfter(at) ? at : said;
        return new Answering.Span(renewed.minus(length), renewed, at.plus(WebhookLease.duration(each.lease())));
    }
}
