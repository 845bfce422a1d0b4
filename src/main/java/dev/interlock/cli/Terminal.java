package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where a command writes to, and how it gets to a cluster.
///
/// @param in       what is piped in
/// @param coloured whether a person sees what is written, at a terminal that shows colours, and wants them
/// @param watched  whether a person sees what is said beside that, at a terminal
public record Terminal(
        InputStream in,
        PrintWriter out,
        PrintWriter err,
        Connector connector,
        InstantSource clock,
        Pause pause,
        String version,
        boolean coloured,
        boolean watched) {
    /// One that shows no colours, and that nobody watches.
    public Terminal(
            InputStream in,
            PrintWriter out,
            PrintWriter err,
            Connector connector,
            InstantSource clock,
            Pause pause,
            String version) {
        this(in, out, err, connector, clock, pause, version, false, false);
    }

    /// Whether a process shows colours: not where [NO_COLOR](https://no-color.org) has any text, nor where the
    /// terminal says that it is dumb.
    ///
    /// @param terminal    whether it writes to one
    /// @param environment its variables
    public static boolean coloured(boolean terminal, Map<String, String> environment) {
        return terminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    }

    /// Lets time go by on the clock.
    @FunctionalInterface
    public interface Pause {
        void take(Duration time);
    }

    /// Leads to the cluster that the arguments name.
    @FunctionalInterface
    public interface Connector {
        /// @throws IllegalArgumentException where there is no such kubeconfig or context
        ClusterView connect(Optional<Path> kubeconfig, Optional<String> context);
    }

    void print(String text) {
        out.print(text);
        out.flush();
    }

    void complain(String sentence) {
        err.println("interlock: " + Plain.text(sentence));
        err.flush();
    }

    /// Says what is being done, apart from what is found.
    void progress(String line) {
        err.println(Plain.text(line));
        err.flush();
    }

    /// Says what could not be read, once each, and how the command ends for it.
    int end(ExitCode exitCode, List<String> missing) {
        missing.stream()
                .distinct()
                .forEach(what -> complain(what + "; what it would add is not shown, ask a cluster administrator"));
        return (exitCode == ExitCode.CLEAN && !missing.isEmpty() ? ExitCode.PARTIAL : exitCode).number();
    }
}
