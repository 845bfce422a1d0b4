package dev.interlock.admission;

import dev.interlock.workload.Node;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Answers whether a policy may be stored: what its schema cannot say, such as an expression that does not compile.
public final class PolicyReview {
    private final Function<Node.Obj, Optional<String>> problem;
    private final Function<Node.Obj, CompletableFuture<List<String>>> doubts;
    private final Executor workers;

    /// @param problem what is wrong with a policy, and where; empty where it can be read
    /// @param doubts  what is probably wrong with one that can be read; they may come late or never
    /// @param workers look for a problem, because it may take long; a policy is let by where they are too busy
    public PolicyReview(
            Function<Node.Obj, Optional<String>> problem,
            Function<Node.Obj, CompletableFuture<List<String>>> doubts,
            Executor workers) {
        this.problem = problem;
        this.doubts = doubts;
        this.workers = workers;
    }

    /// A change of anything but its spec is let by, so that a policy that cannot be read can be labelled and removed.
    ///
    /// @param budget after which it is let by without a warning, as where nobody answers
    CompletionStage<Answer> answer(Review review, Duration budget) {
        Optional<Node> declared = spec(review.object());
        if (declared.isEmpty() || declared.equals(spec(review.oldObject()))) {
            return CompletableFuture.completedFuture(new Answer.Passed(false));
        }
        Node.Obj policy = review.object().orElseThrow();
        CompletableFuture<Optional<String>> looked;
        try {
            looked = CompletableFuture.supplyAsync(() -> problem.apply(policy), workers);
        } catch (RejectedExecutionException _) {
            return CompletableFuture.completedFuture(new Answer.Passed(false));
        }
        return looked.thenCompose(found -> found.map(wrong -> refused(review.name(), wrong))
                        .orElseGet(() -> doubted(review.name(), policy)))
                .completeOnTimeout(new Answer.Passed(false), Math.max(0, budget.toMillis()), TimeUnit.MILLISECONDS);
    }

    private static CompletableFuture<Answer> refused(String name, String wrong) {
        return CompletableFuture.completedFuture(new Answer.Refused(
                "PromotionPolicy `%s` cannot be used: %s; mend it there and apply it again".formatted(name, wrong)));
    }

    /// Whatever becomes of them, nothing is known to be wrong with the policy.
    private CompletableFuture<Answer> doubted(String name, Node.Obj policy) {
        return doubts.apply(policy).exceptionally(_ -> List.of()).thenApply(found -> new Answer.Usable(name, found));
    }

    private static Optional<Node> spec(Optional<Node.Obj> policy) {
        return policy.flatMap(object -> object.get("spec"));
    }
}
