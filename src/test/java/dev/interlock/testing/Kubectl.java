package dev.interlock.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The real `kubectl` as one user of one control plane: what a test does with it, a person can do in the same words.
public final class Kubectl {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path binary;
    private final Path kubeconfig;
    private final Path cache;
    private final Duration patience;

    private Kubectl(Path binary, Path kubeconfig, Path cache, Duration patience) {
        this.binary = binary;
        this.kubeconfig = kubeconfig;
        this.cache = cache;
        this.patience = patience;
    }

    static Kubectl of(ControlPlane plane, Path kubeconfig) {
        return new Kubectl(
                plane.binary("kubectl"), kubeconfig, plane.directory().resolve("cache"), PATIENCE);
    }

    static Kubectl of(Path binary, Path kubeconfig, Path cache) {
        return new Kubectl(binary, kubeconfig, cache, PATIENCE);
    }

    /// The same user, with another bound for how long one command may take; the bound is two minutes otherwise.
    public Kubectl within(Duration newPatience) {
        return new Kubectl(binary, kubeconfig, cache, newPatience);
    }

    public Result run(String... arguments) {
        return run("", List.of(arguments));
    }

    /// Runs a command that reads `stdin`, as those with `-f -` do.
    public Result run(String stdin, List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of(binary.toString(), "--kubeconfig", kubeconfig.toString(), "--cache-dir", cache.toString()));
        command.addAll(arguments);
        var program = new ProcessBuilder(command);
        // What the person at this machine has set up for their own clusters is nothing to a test.
        program.environment().remove("KUBECONFIG");
        program.environment().put("KUBERC", "off");
        return Processes.run(program, stdin, patience, _ -> {});
    }

    /// `kubectl apply -f -` of one or more objects, with further arguments after it.
    public Result apply(String yaml, String... more) {
        List<String> arguments = new ArrayList<>(List.of("apply", "-f", "-"));
        arguments.addAll(List.of(more));
        return run(yaml, arguments);
    }

    /// Lets users edit what is in a namespace, as their developers may.
    public void letEdit(String namespace, String... users) {
        for (String user : users) {
            run("create", "rolebinding", user, "--clusterrole=edit", "--user=" + user, "-n", namespace)
                    .ok();
        }
    }

    /// What a program that has ended did and said.
    public record Result(List<String> command, int exit, String out, String err) {
        public Result {
            command = List.copyOf(command);
        }

        /// Itself, where the program succeeded; fails the test otherwise.
        public Result ok() {
            if (exit != 0) {
                throw new AssertionError("should have succeeded: " + this);
            }
            return this;
        }

        /// Itself, where the program failed; fails the test otherwise. Which refusal it was is for the test to say,
        /// from `err`.
        public Result refused() {
            if (exit == 0) {
                throw new AssertionError("should have been refused: " + this);
            }
            return this;
        }

        @Override
        public String toString() {
            return "%s%nexit code %d%nout: %s%nerr: %s".formatted(String.join(" ", command), exit, out, err);
        }
    }
}
