package dev.interlock.admission;

import dev.interlock.decision.Caller;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/// Answers bodies of requests, whatever they are: reads them, and has what they ask decided.
final class Replies {
    private static final System.Logger LOG = System.getLogger(Replies.class.getName());
    private static final int MOST = 512;

    private final AdmissionPipeline pipeline;
    private final PolicyReview policies;
    private final Workers workers;
    private final InstantSource clock;
    private final AtomicInteger begun = new AtomicInteger();

    /// @param workers read and decide what is large
    Replies(AdmissionPipeline pipeline, PolicyReview policies, Workers workers, InstantSource clock) {
        this.pipeline = pipeline;
        this.policies = policies;
        this.workers = workers;
        this.clock = clock;
    }

    /// Answers one; never fails. A large one is read where it is decided about: what waits is bytes, and the
    /// caller's thread does without it. [#sent()] is called once for each.
    CompletionStage<Reply> to(Path path, Caller caller, byte[] body, Instant deadline) {
        begun.incrementAndGet();
        CompletionStage<Reply> reply;
        try {
            reply = Workers.large(body.length)
                    ? workers.whole(body.length, deadline, () -> read(path, caller, body, deadline))
                    : read(path, caller, body, deadline);
        } catch (RuntimeException failure) {
            reply = CompletableFuture.failedFuture(failure);
        }
        return reply.exceptionally(failure -> unread(path, body, failure));
    }

    /// One of them is on its way back.
    void sent() {
        begun.decrementAndGet();
    }

    private CompletionStage<Reply> read(Path path, Caller caller, byte[] body, Instant deadline) {
        return switch (ReviewDecoder.decode(body)) {
            case Decoded.NotAReview(String message) ->
                CompletableFuture.completedFuture(new Reply.Refused(400, message));
            case Decoded.Unreadable(String uid, String message) ->
                CompletableFuture.completedFuture(new Reply.Answered(
                        uid, path.policies() ? new Answer.Passed(false) : pipeline.unreadable(path.gate(), message)));
            case Decoded.Complete(Review review) ->
                decided(path, caller, review, body.length, deadline)
                        .thenApply(answer -> new Reply.Answered(review.uid(), answer));
        };
    }

    private CompletionStage<Answer> decided(Path path, Caller caller, Review review, int size, Instant deadline) {
        if (path.policies()) {
            return policies.answer(review, Duration.between(clock.instant(), deadline))
                    .exceptionally(_ -> new Answer.Passed(false));
        }
        if (begun.get() > MOST) {
            return CompletableFuture.completedFuture(pipeline.busy(review));
        }
        return pipeline.review(review, size, path.gate(), caller, deadline)
                .exceptionally(bug -> pipeline.broken(path.gate(), bug));
    }

    private Reply unread(Path path, byte[] body, Throwable failure) {
        if (!Workers.full(failure)) {
            LOG.log(System.Logger.Level.ERROR, "a review could not be read, please report this", failure);
            return new Reply.Refused(500, "Interlock failed while reading, see its log");
        }
        return switch (ReviewDecoder.head(body)) {
            case Decoded.Complete(Review head) ->
                new Reply.Answered(head.uid(), path.policies() ? new Answer.Passed(false) : pipeline.busy(head));
            case Decoded.Unreadable _, Decoded.NotAReview _ ->
                new Reply.Refused(503, "too many large reviews are on their way; try again");
        };
    }
}
