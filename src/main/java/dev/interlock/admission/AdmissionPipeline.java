package dev.interlock.admission;

import dev.interlock.decision.Caller;
import dev.interlock.decision.Decision;
import dev.interlock.decision.Entry;
import dev.interlock.decision.Evaluation;
import dev.interlock.decision.Evaluator;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.EvidenceSource;
import dev.interlock.decision.Gate;
import dev.interlock.decision.Journal;
import dev.interlock.decision.Journal.Journaled;
import dev.interlock.decision.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// One admission: parse, gather, evaluate, journal. Nothing here blocks; the stage it returns completes on
/// whatever thread the last step ended on.
public final class AdmissionPipeline {
    private static final System.Logger LOG = System.getLogger(AdmissionPipeline.class.getName());

    private final EvidenceSource evidenceSource;
    private final Evaluator evaluator;
    private final Journal journal;
    private final InstantSource clock;
    private final Workers workers;
    private final Observer observer;

    /// @param workers evaluate where expressions are asked or the object is large: whatever one of them costs, nobody
    /// else waits for it. Where they take no more, the API server is told to try again
    public AdmissionPipeline(
            EvidenceSource evidenceSource,
            Evaluator evaluator,
            Journal journal,
            InstantSource clock,
            Workers workers,
            Observer observer) {
        this.evidenceSource = evidenceSource;
        this.evaluator = evaluator;
        this.journal = journal;
        this.clock = clock;
        this.workers = workers;
        this.observer = observer;
    }

    /// Answers a review, until `deadline`. Whatever breaks on the way is an answer too, never an exception:
    /// the gate decides it.
    ///
    /// @param size of the review, in bytes
    CompletionStage<Answer> review(Review review, int size, Gate gate, Caller caller, Instant deadline) {
        try {
            return switch (Parsed.from(review, gate, caller)) {
                case Parsed.NotGoverned _ -> CompletableFuture.completedFuture(notGoverned());
                case Parsed.Malformed(String message) -> CompletableFuture.completedFuture(unreadable(gate, message));
                case Parsed.Subject(Request request) ->
                    decide(request, size, deadline)
                            .exceptionally(failure -> Workers.full(failure) ? busy(review) : broken(gate, failure));
            };
        } catch (RuntimeException bug) {
            return CompletableFuture.completedFuture(broken(gate, bug));
        }
    }

    private CompletionStage<Answer> decide(Request request, int size, Instant deadline) {
        long start = System.nanoTime();
        return evidenceSource.gather(request, deadline).thenCompose(evidence -> {
            long gathered = took(Observer.Phase.GATHER, start);
            if (!Evaluator.governs(request, evidence)) {
                return CompletableFuture.completedFuture(notGoverned());
            }
            return evaluate(request, size, evidence, deadline).thenCompose(evaluation -> {
                took(Observer.Phase.EVALUATE, gathered);
                return switch (evaluation) {
                    case Evaluation.Unchanged _ -> CompletableFuture.completedFuture(new Answer.Passed(true));
                    case Evaluation.NotGoverned _ -> CompletableFuture.completedFuture(notGoverned());
                    case Evaluation.Decided(Decision decision) -> record(decision, deadline);
                };
            });
        });
    }

    private CompletableFuture<Evaluation> evaluate(Request request, int size, Evidence evidence, Instant deadline) {
        return evidence.policies().askExpressions() || Workers.large(size)
                ? workers.run(size, deadline, () -> evaluator.evaluate(request, evidence))
                : CompletableFuture.completedFuture(evaluator.evaluate(request, evidence));
    }

    /// No answer before its evidence is durable (law 5); a dry run leaves no trace.
    private CompletionStage<Answer> record(Decision decision, Instant deadline) {
        if (decision.basis().request().dryRun()) {
            observer.decided(decision, true);
            return CompletableFuture.completedFuture(new Answer.Decided(decision, new Answer.Evidenced.DryRun()));
        }
        long start = System.nanoTime();
        return journal.append(new Entry(decision, clock.instant()), deadline).thenApply(journaled -> {
            took(Observer.Phase.JOURNAL, start);
            Decision answered = switch (journaled) {
                case Journaled.Durable _ -> decision;
                case Journaled.NotDurable(String cause) -> decision.withoutEvidence(cause);
            };
            observer.decided(answered, false);
            log(answered, journaled);
            return new Answer.Decided(answered, Answer.Evidenced.of(journaled));
        });
    }

    private void log(Decision decision, Journaled journaled) {
        boolean durable = journaled instanceof Journaled.Durable;
        if (!durable && decision.admits()) {
            observer.evidenceMissing();
        }
        System.Logger.Level level = switch (decision) {
            case Decision.Allowed _, Decision.Warned _ -> System.Logger.Level.DEBUG;
            case Decision.Denied _, Decision.Undecided _ -> System.Logger.Level.INFO;
        };
        LOG.log(
                level,
                () -> "decision=%s id=%s subject=\"%s\" stage=%s by=\"%s\" reasons=%d durable=%s"
                        .formatted(
                                decision.outcome(),
                                decision.id(),
                                Line.of(decision.basis().request().subject().toString()),
                                decision.basis()
                                        .stage()
                                        .map(stage -> Line.of(stage.name()))
                                        .orElse("-"),
                                Line.of(decision.basis().request().requester().username()),
                                decision.basis().reasons().size(),
                                durable));
    }

    /// The API server is told before it gives up waiting. What is in no namespace is let through as if nobody
    /// had answered (law 12).
    ///
    /// @param review without its objects, or with them
    Answer busy(Review review) {
        observer.undecidable("busy");
        if (Parsed.inNoNamespace(review)) {
            observer.evidenceMissing();
            return new Answer.Passed(false);
        }
        return new Answer.Busy();
    }

    private Answer notGoverned() {
        observer.undecidable("notGoverned");
        return new Answer.Passed(false);
    }

    private long took(Observer.Phase phase, long since) {
        long now = System.nanoTime();
        observer.took(phase, Duration.ofNanos(now - since));
        return now;
    }

    Answer unreadable(Gate gate, String message) {
        observer.undecidable("malformed");
        LOG.log(System.Logger.Level.WARNING, () -> "a review cannot be read: " + Line.of(message));
        countMissing(gate);
        return new Answer.Unreadable(gate == Gate.OPTIONAL, message);
    }

    /// What is let in without a decision is let in without evidence.
    private void countMissing(Gate gate) {
        if (gate == Gate.OPTIONAL) {
            observer.evidenceMissing();
        }
    }

    Answer broken(Gate gate, Throwable bug) {
        observer.undecidable("broken");
        LOG.log(System.Logger.Level.ERROR, "a review could not be decided, please report this", bug);
        countMissing(gate);
        return new Answer.Unreadable(gate == Gate.OPTIONAL, "Interlock failed while deciding, see its log");
    }
}
