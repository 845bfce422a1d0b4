package dev.interlock.kubernetes;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The key of a server, which another one takes the place of between two handshakes: the port need not be told, and
/// refuses no connection meanwhile.
public final class ServedKey extends X509ExtendedKeyManager {
    private volatile Keys keys;

    /// @param before what a handshake may still be about that began earlier
    private record Keys(CertifiedKey now, Optional<CertifiedKey> before) {
        @Nullable
        CertifiedKey named(String alias) {
            return alias.equals(now.fingerprint())
                    ? now
                    : before.filter(key -> alias.equals(key.fingerprint())).orElse(null);
        }
    }

    /// @param first until there is another one
    public ServedKey(CertifiedKey first) {
        keys = new Keys(first, Optional.empty());
    }

    /// Shows this one from the next handshake on; open connections go on.
    public void serve(CertifiedKey next) {
        keys = new Keys(next, Optional.of(keys.now()));
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        CertifiedKey now = keys.now();
        return keyType.equals(now.key().getAlgorithm()) ? now.fingerprint() : null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = chooseEngineServerAlias(keyType, issuers, null);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        CertifiedKey key = keys.named(alias);
        return key == null ? null : key.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        CertifiedKey key = keys.named(alias);
        return key == null ? null : key.key();
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
