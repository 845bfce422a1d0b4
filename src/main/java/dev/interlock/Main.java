package dev.interlock;

import dev.interlock.cli.Cli;
import dev.interlock.cli.Terminal;
import dev.interlock.kubernetes.LiveCluster;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// The one entry point. Quarkus is started for the processes that stay only: every other command would wait
/// for it, and open its ports.
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String... arguments) {
        List<String> words = List.of(arguments);
        if (Role.of(words).isPresent()) {
            Quarkus.run(arguments);
        } else {
            // else the client's first use of memory prints a warning of the JVM's before any answer
            System.setProperty("io.netty.noUnsafe", "true");
            Terminal terminal = new Terminal(
                    System.in,
                    new PrintWriter(System.out, false, StandardCharsets.UTF_8),
                    new PrintWriter(System.err, false, StandardCharsets.UTF_8),
                    LiveCluster::connect,
                    InstantSource.system(),
                    time -> LockSupport.parkNanos(time.toNanos()),
                    version(),
                    Terminal.coloured(atTerminal(), System.getenv()),
                    saysAtTerminal());
            System.exit(Cli.run(terminal, words));
        }
    }

    /// Of some JDKs there is a console where input or output is redirected too, which is no terminal then; of
    /// others there is none.
    private static boolean atTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    /// Whether what is complained goes to a terminal, as Linux tells. Java does not know: its console is about
    /// input and output only.
    private static boolean saysAtTerminal() {
        try {
            Path device = Path.of("/proc/self/fd/2").toRealPath();
            return device.startsWith("/dev/pts") || device.toString().startsWith("/dev/tty");
        } catch (IOException _) {
            return false;
        }
    }

    /// As the jar's manifest says.
    private static String version() {
        return Objects.requireNonNullElse(Main.class.getPackage().getImplementationVersion(), "unknown");
    }
}
