package dev.interlock.admission;

import dev.interlock.workload.Node;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/// Answers whether a policy may be stored: what its schema cannot say, such as an expression that does not compile.
public final class PolicyReview {
    private final Function<Node.Obj, Optional<String>> problem;
    private final Executor workers;

    /// @param problem what is wrong with a policy, and where; empty where it can be read
    /// @param workers look for it, because it may take long
    public PolicyReview(Function<Node.Obj, Optional<String>> problem, Executor workers) {
        this.problem = problem;
        this.workers = workers;
    }

    /// A change of anything but its spec is let by, so that a policy that cannot be read can be labelled and removed.
    CompletionStage<Answer> answer(Review review) {
        Optional<Node> declared = spec(review.object());
        if (declared.isEmpty() || declared.equals(spec(review.oldObject()))) {
            return CompletableFuture.completedFuture(new Answer.Passed(false));
        }
        return CompletableFuture.supplyAsync(() -> verdict(review), workers);
    }

    private Answer verdict(Review review) {
        return review.object()
                .flatMap(problem)
                .<Answer>map(wrong ->
                        new Answer.Refused("PromotionPolicy `%s` cannot be used: %s; mend it there and apply it again"
                                .formatted(review.name(), wrong)))
                .orElse(new Answer.Passed(false));
    }

    private static Optional<Node> spec(Optional<Node.Obj> policy) {
        return policy.flatMap(object -> object.get("spec"));
    }
}
