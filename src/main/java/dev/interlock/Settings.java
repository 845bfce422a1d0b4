package dev.interlock;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What can be set, as environment variables (`INTERLOCK_DATA_DIRECTORY`) or system properties
/// (`interlock.data-directory`).
@ConfigMapping(prefix = "interlock")
public interface Settings {
    /// Where the ledger is kept; nobody else may write there.
    @WithDefault("/var/lib/interlock")
    Path dataDirectory();

    /// Interlock's own namespace.
    @WithDefault("interlock-system")
    String namespace();

    /// This process among its like: a DNS label. In a cluster the Pod's name.
    @WithDefault("${HOSTNAME:local}")
    String replica();

    /// The uid of the Pod of that name, which then owns the Lease.
    Optional<String> podUid();

    /// How long after it was superseded an approved pod template may be gone back to without being asked
    /// about stability (law 10).
    @WithDefault("30d")
    Duration rollbackWindow();

    /// Where several processes keep their ledger: a PostgreSQL database instead of the data directory.
    Postgresql database();

    /// The webhook's port.
    Webhook webhook();

    /// The certificates that the operator makes.
    Certificates certificates();

    /// The records that the operator makes.
    Records records();

    interface Postgresql {
        /// `jdbc:postgresql://host:5432/database`
        Optional<String> url();

        /// A role that may add rows and read them.
        Optional<String> user();

        Optional<String> password();
    }

    interface Webhook {
        @WithDefault("0.0.0.0")
        String host();

        @WithDefault("9443")
        int port();

        /// For how long the port goes on answering after the process was told to end: until everybody has heard
        /// that it is not ready any more.
        @WithDefault("5s")
        Duration drain();

        /// Certificates, PEM, of the authority that signs the API server's client certificate. Where this is
        /// set, only who shows one is taken for the API server.
        Optional<Path> clientAuthority();

        /// Common or DNS names, one of which that certificate must have: needed where the authority signs for
        /// others too.
        Optional<List<String>> clientNames();

        /// What the serving certificate must be valid for: DNS names and IPv4 addresses.
        @WithDefault("interlock-webhook.interlock-system.svc")
        List<String> names();
    }

    interface Certificates {
        /// How long an authority is valid; it is renewed when a third of that is left.
        @WithDefault("365d")
        Duration authorityValidity();

        /// How long a serving certificate is valid; it is renewed when a third of that is left.
        @WithDefault("90d")
        Duration servingValidity();

        /// @throws SettingsUnusable where these cannot be kept up with
        default void check() {
            if (servingValidity().compareTo(Duration.ofSeconds(45)) < 0) {
                throw new SettingsUnusable(
                        "INTERLOCK_CERTIFICATES_SERVING_VALIDITY is at least 45s: webhooks take up to 15 s to serve another one");
            }
            if (authorityValidity().compareTo(servingValidity()) < 0) {
                throw new SettingsUnusable(
                        "INTERLOCK_CERTIFICATES_AUTHORITY_VALIDITY is shorter than INTERLOCK_CERTIFICATES_SERVING_VALIDITY: set it to that at least");
            }
        }
    }

    interface Records {
        /// How many DecisionRecords are written in a second at most.
        @WithName("per-second")
        @WithDefault("50")
        int perSecond();
    }
}
