package dev.interlock.operator;

import dev.interlock.kubernetes.CertifiedKey;
import dev.interlock.kubernetes.ServingCertificate;
import dev.interlock.kubernetes.Trust;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What is to be done next about the certificates, so that no call fails meanwhile: a new authority joins what the
/// gate trusts, then it signs the serving certificate, and the old one leaves when every webhook says that it
/// serves the new certificate. Pure.
final class CertificatePlan {
    /// More older ones are not kept in a bundle: each stays only as long as webhooks take to follow.
    private static final int MOST_KEPT = 4;

    /// How long what is issued is valid.
    ///
    /// @param authority not shorter than `serving`
    record Validity(Duration authority, Duration serving) {}

    /// The Secret that the webhooks serve.
    sealed interface Serving {
        /// It is not there, or holds nothing that can be served.
        record None() implements Serving {}

        /// Made here.
        record Own(CertifiedKey key) implements Serving {}

        /// Made by somebody else, who also renews it.
        ///
        /// @param key       empty where it cannot be read
        /// @param authority that has signed it, as `ca.crt` has it
        record Foreign(Optional<CertifiedKey> key, Trust authority) implements Serving {}
    }

    /// What there is.
    ///
    /// @param authority what the operator signs with; empty where there is none that can be read
    /// @param trusts    what each entry of the gate trusts; none where there is no gate
    /// @param served    the certificate that each live webhook serves, its fingerprint by the webhook's name
    /// @param certain   whether those are all that are live
    record Seen(
            Optional<CertifiedKey> authority,
            Serving serving,
            List<Trust> trusts,
            Map<String, String> served,
            boolean certain) {}

    /// What to do.
    sealed interface Step {
        record MakeAuthority() implements Step {}

        record MakeServing(CertifiedKey authority) implements Step {}

        record SetTrust(Trust trust) implements Step {}

        /// @param what for
        record Wait(String what) implements Step {}

        record Nothing() implements Step {}
    }

    private CertificatePlan() {}

    /// @param names that the serving certificate must be valid for
    static Step next(Seen seen, List<String> names, Validity validity, Instant now) {
        if (seen.serving() instanceof Serving.Foreign(Optional<CertifiedKey> key, Trust authority)) {
            return authority.authorities().isEmpty()
                    ? new Step.Wait("`ca.crt` in Secret `%s`, which is somebody else's: the gate trusts what is in it"
                            .formatted(ServingCertificate.SECRET))
                    : trusting(authority, seen, key);
        }
        if (seen.authority()
                .filter(known -> lasts(known, validity.authority(), now))
                .isEmpty()) {
            return new Step.MakeAuthority();
        }
        CertifiedKey authority = seen.authority().get();
        Trust own = new Trust(List.of(authority.leaf()));
        Optional<CertifiedKey> good = seen.serving() instanceof Serving.Own(CertifiedKey key)
                        && lasts(key, validity.serving(), now)
                        && Trust.problem(key, names, now).isEmpty()
                        && own.distrust(key, now).isEmpty()
                ? Optional.of(key)
                : Optional.empty();
        Step step = trusting(own, seen, good);
        return step instanceof Step.SetTrust || good.isPresent() ? step : new Step.MakeServing(authority);
    }

    /// Every entry is to trust this: beside what it trusts until all serve what this has signed, alone after that.
    ///
    /// @param good what all are to serve; empty where there is none yet
    private static Step trusting(Trust wanted, Seen seen, Optional<CertifiedKey> good) {
        if (seen.trusts().stream().anyMatch(trust -> !trust.authorities().containsAll(wanted.authorities()))) {
            return new Step.SetTrust(joined(wanted, seen.trusts()));
        }
        if (seen.trusts().stream().allMatch(trust -> wanted.authorities().containsAll(trust.authorities()))) {
            return new Step.Nothing();
        }
        TreeSet<String> behind = new TreeSet<>();
        good.ifPresent(key -> seen.served().forEach((webhook, fingerprint) -> {
            if (!fingerprint.equals(key.fingerprint())) {
                behind.add(webhook);
            }
        }));
        if (good.isEmpty()) {
            return new Step.Wait("a certificate that can be read in Secret `%s`".formatted(ServingCertificate.SECRET));
        }
        if (!behind.isEmpty()) {
            return new Step.Wait("the newest certificate to be served by " + String.join(", ", behind));
        }
        return seen.certain()
                ? new Step.SetTrust(wanted)
                : new Step.Wait("all webhooks to be heard of, which may serve an older certificate");
    }

    /// Nobody leaves here, whatever the time is: the clocks of API servers may be others.
    private static Trust joined(Trust wanted, List<Trust> trusts) {
        Stream<X509Certificate> kept = trusts.stream()
                .flatMap(trust -> trust.authorities().stream())
                .filter(authority -> !wanted.authorities().contains(authority))
                .distinct()
                .limit(MOST_KEPT);
        return new Trust(Stream.concat(wanted.authorities().stream(), kept).toList());
    }

    private static boolean lasts(CertifiedKey key, Duration validity, Instant now) {
        return !now.isBefore(key.leaf().getNotBefore().toInstant())
                && !renews(Optional.of(key.leaf().getNotAfter().toInstant()), validity, now);
    }

    /// Whether what ends then is to be renewed: when a third of its time is left. Empty: there is nothing.
    static boolean renews(Optional<Instant> end, Duration validity, Instant now) {
        return end.filter(at -> now.plus(validity.dividedBy(3)).isBefore(at)).isEmpty();
    }
}
