package dev.interlock.cli;

import dev.interlock.decision.Check;
import dev.interlock.decision.check.ImagesAllowed;
import dev.interlock.decision.check.PodSecurity;
import dev.interlock.decision.check.Stable;
import java.util.Optional;
import java.util.Set;

/// Which check is as strict as another: whatever the other finds wrong, it finds wrong too. Where that cannot
/// be said for certain, it is not.
final class Stricter {
    private Stricter() {}

    static boolean orSame(Check strict, Check other) {
        if (strict.equals(other)) {
            return true;
        }
        if (strict instanceof ImagesAllowed one && other instanceof ImagesAllowed two) {
            return images(one, two);
        }
        if (strict instanceof PodSecurity one && other instanceof PodSecurity two) {
            // What `restricted` asks no more of Pods for Windows than `baseline` does, the API server lets none of them
            // have.
            return one.version().equals(two.version()) && one.level() == PodSecurity.Level.RESTRICTED;
        }
        return strict instanceof Stable one && other instanceof Stable two && stable(one, two);
    }

    private static boolean images(ImagesAllowed strict, ImagesAllowed other) {
        boolean digests = strict.digestRequired() || !other.digestRequired();
        boolean registries = other.registries().isEmpty()
                || (!strict.registries().isEmpty()
                        && Set.copyOf(other.registries()).containsAll(strict.registries()));
        boolean tags =
                strict.digestRequired() || Set.copyOf(strict.deniedTags()).containsAll(other.deniedTags());
        return digests && registries && tags;
    }

    private static boolean stable(Stable strict, Stable other) {
        return atMost(strict.maxOpenDrift(), other.maxOpenDrift())
                && (other.maxDrift().isEmpty()
                        || strict.maxDrift()
                                .filter(limit -> limit.within()
                                        .equals(other.maxDrift().get().within()))
                                .filter(limit ->
                                        limit.count() <= other.maxDrift().get().count())
                                .isPresent());
    }

    private static boolean atMost(Optional<Long> strict, Optional<Long> other) {
        return other.isEmpty() || strict.filter(limit -> limit <= other.get()).isPresent();
    }
}
