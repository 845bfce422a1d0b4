package dev.interlock.drift;

import java.time.Instant;
import java.util.List;

/// The open drift event of an object, of which there is at most one.
///
/// @param name      of the DriftEvent
/// @param kind      what it was opened for
/// @param signature of the verdict that it was opened for ([Verdict.Drifted#signature()])
/// @param observed  digest of the content that was live then
/// @param since     when it was first seen
public record Open(String name, Kind kind, String signature, String observed, Instant since) {
    public enum Kind {
        DRIFTED,
        BYPASSED
    }

    /// An open event as a ledger has it.
    ///
    /// @param differences the first of its differences, at least as many as are signed ([Difference#SIGNED])
    /// @param omitted     how many more it has
    public static Open drifted(String name, List<Difference> differences, int omitted, String observed, Instant since) {
        return new Open(name, Kind.DRIFTED, Difference.signature(differences, omitted), observed, since);
    }

    public static Open bypassed(String name, String observed, Instant since) {
        return new Open(name, Kind.BYPASSED, observed, observed, since);
    }
}
