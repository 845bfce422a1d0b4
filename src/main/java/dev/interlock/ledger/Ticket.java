package dev.interlock.ledger;

import dev.interlock.decision.Decision;
import dev.interlock.decision.Entry;
import dev.interlock.decision.Journal.Journaled;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

/// One entry on its way to the disk, and the one answer that its caller gets.
///
///     QUEUED ── writer takes it ──► TAKEN ── written or not ──► ANSWERED
///       └─ deadline ─► WITHDRAWN      └─ deadline ─► LATE
///
/// What is withdrawn is never written. What is late may be written all the same, and is amended then.
final class Ticket {
    static final String TOO_LATE = "not durable within the deadline";

    private final Entry entry;
    private final Row row;
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
    private final CompletableFuture<Journaled> answer = new CompletableFuture<>();

    private enum State {
        QUEUED,
        TAKEN,
        WITHDRAWN,
        LATE,
        ANSWERED
    }

    Ticket(Entry entry, Row row) {
        this.entry = entry;
        this.row = row;
    }

    Row row() {
        return row;
    }

    Instant at() {
        return entry.at();
    }

    boolean denied() {
        return entry.decision() instanceof Decision.Denied;
    }

    /// Nobody but the ticket can complete it.
    CompletionStage<Journaled> answer() {
        return answer.minimalCompletionStage();
    }

    /// Forgets the timeout once there is an answer.
    void expiresBy(Future<?> timeout) {
        var _ = answer.thenRun(() -> timeout.cancel(false));
    }

    /// The deadline has come.
    void expire() {
        if (state.compareAndSet(State.QUEUED, State.WITHDRAWN) || state.compareAndSet(State.TAKEN, State.LATE)) {
            answer.complete(new Journaled.NotDurable(TOO_LATE));
        }
    }

    /// Whether the writer may write it.
    boolean take() {
        return state.compareAndSet(State.QUEUED, State.TAKEN);
    }

    /// Answers, and says whether that was in time.
    boolean settle(Journaled journaled) {
        return state.compareAndSet(State.TAKEN, State.ANSWERED) && answer.complete(journaled);
    }

    /// What became of the request while this entry was taken for lost.
    Row amendment(String cause) {
        Decision answered = entry.decision().withoutEvidence(cause);
        return Row.amendment(
                new Amendment(
                        DecisionEntry.SCHEMA,
                        row.id(),
                        row.decision(),
                        answered.outcome(),
                        answered.admits(),
                        cause,
                        entry.at().truncatedTo(ChronoUnit.MILLIS)),
                row.namespace());
    }
}
