package dev.interlock.cli;

import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.Policy;
import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.Guard;
import dev.interlock.kubernetes.ClusterView.Listed;
import dev.interlock.kubernetes.ClusterView.Recorded;
import dev.interlock.kubernetes.ClusterView.Release;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "release",
        description =
                "Ends what feedback made stricter, before its hold has run out. Recorded with your name and reason.",
        footer = {
            "",
            "Example:",
            "  interlock feedback release production images-pinned --service checkout --reason 'mended, see INC-7'"
        })
final class FeedbackReleaseCommand implements Callable<Integer> {
    private static final int LONGEST_REASON = 512;

    private final Terminal terminal;

    @Mixin
    private final Options.Cluster cluster = new Options.Cluster();

    @Parameters(index = "0", paramLabel = "POLICY", description = "The policy.")
    private String policy = "";

    @Parameters(index = "1", paramLabel = "CHECK", description = "The check that is tightened.")
    private String check = "";

    @Option(
            names = "--service",
            paramLabel = "NAME",
            description = "The service for which it ends; else for every service.")
    private Optional<String> service = Optional.empty();

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, in one sentence.")
    private String reason = "";

    @Option(names = "--force", description = "Record it though nothing is tightened now.")
    private boolean force;

    FeedbackReleaseCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String why = Plain.text(reason);
        if (why.isEmpty() || why.codePointCount(0, why.length()) > LONGEST_REASON) {
            throw usage("the reason must have 1 to %d characters; say in one sentence why it ends"
                    .formatted(LONGEST_REASON));
        }
        try (ClusterView view = cluster.connect(terminal)) {
            Listed<Guard> policies = view.policies();
            if (policies.missing().isPresent() && policies.items().isEmpty()) {
                if (!force) {
                    return terminal.end(
                            ExitCode.PARTIAL, policies.missing().stream().toList());
                }
            } else {
                verify(
                        policies.items().stream().map(Guard::policy).toList(),
                        terminal.clock().instant());
            }
            Release release = new Release(policy, check, service, view.user(), why);
            return switch (view.release(release)) {
                case Recorded.As(String name) -> {
                    terminal.print("feedbackrelease %s recorded: %s ends what feedback made of %s/%s%s, because: %s\n"
                            .formatted(
                                    name,
                                    Plain.text(release.requester()),
                                    policy,
                                    check,
                                    service.map(" for service %s"::formatted).orElse(" for every service"),
                                    why));
                    yield ExitCode.CLEAN.number();
                }
                case Recorded.Refused(String sentence) -> throw new Problem(ExitCode.FOUND, sentence);
            };
        }
    }

    private void verify(List<Policy> policies, Instant now) {
        Policy found = policies.stream()
                .filter(candidate -> candidate.ref().name().equals(policy))
                .findFirst()
                .orElseThrow(() -> usage("there is no policy `%s`; there are: %s"
                        .formatted(
                                policy,
                                names(policies.stream()
                                        .map(candidate -> candidate.ref().name())
                                        .toList()))));
        switch (found) {
            case Policy.Unreadable(var _, var _, String cause) ->
                throw usage("policy `%s` cannot be read, so that nothing of it is tightened: %s; mend it first"
                        .formatted(policy, cause));
            case Policy.Loaded loaded -> {
                List<String> checks = loaded.checks().stream()
                        .map(ConfiguredCheck::id)
                        .map(Object::toString)
                        .toList();
                if (!checks.contains(check)) {
                    throw usage("policy `%s` has no check `%s`; it has: %s".formatted(policy, check, names(checks)));
                }
                boolean tightened = Tightened.of(List.of(loaded), now).stream()
                        .anyMatch(each -> each.check().value().equals(check) && each.concerns(service));
                if (!tightened && !force) {
                    throw usage(
                            "nothing is tightened for check `%s` of policy `%s`%s; see interlock feedback list, or record it all the same with --force"
                                    .formatted(
                                            check,
                                            policy,
                                            service.map(" and service `%s`"::formatted)
                                                    .orElse("")));
                }
            }
        }
    }

    private static String names(List<String> names) {
        return names.isEmpty() ? "none" : names.stream().sorted().collect(Collectors.joining(", "));
    }

    private static Problem usage(String message) {
        return new Problem(ExitCode.USAGE, message);
    }
}
