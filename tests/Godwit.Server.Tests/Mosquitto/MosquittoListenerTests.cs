namespace Godwit.Server.Tests.Mosquitto;

/// <summary>Where a broker listens that reads a <c>mosquitto.conf</c>, and whom it lets in there.</summary>
public sealed class MosquittoListenerTests
{
    [Fact]
    public void Without_a_listener_it_is_this_machine_on_1883_and_everybody()
    {
        using var conf = MosquittoConf.Of("# nothing");

        Assert.Equal("1883", conf["Listeners:0:Port"]);
        Assert.StartsWith("127.0.0.1", conf["Listeners:0:Addresses"]);
        Assert.Equal("true", conf["Listeners:0:AllowAnonymous"]);
        Assert.Null(conf["Listeners:0:AllowPlainText"]);
    }

    [Fact]
    public void A_listener_is_the_word_for_plain_text_and_lets_no_anonymous_client_in()
    {
        using var conf = MosquittoConf.Of("listener 1884");

        Assert.Equal("1884", conf["Listeners:0:Port"]);
        Assert.StartsWith("0.0.0.0", conf["Listeners:0:Addresses"]);
        Assert.Equal("true", conf["Listeners:0:AllowPlainText"]);
        Assert.Equal(1, conf.Assignment("Listeners:0:AllowPlainText")!.Origin.Line);
        Assert.Equal("false", conf["Listeners:0:AllowAnonymous"]);
    }

    // Mosquitto 2.0 opens port 1883 on every address for each of these, and lets everybody in.
    [Theory]
    [InlineData("max_connections 5")]
    [InlineData("max_qos 1")]
    [InlineData("allow_anonymous true")]
    [InlineData("use_username_as_clientid false")]
    [InlineData("socket_domain ipv4")]
    public void An_option_of_a_listener_never_opens_the_broker_to_the_network(string line)
    {
        using var conf = MosquittoConf.Of(line);

        Assert.Empty(conf.Errors);
        Assert.All(conf.Assignment("Listeners:0:Addresses")!.Values, address => Assert.True(address is "127.0.0.1" or "::1", address));
    }

    [Fact]
    public void An_option_above_the_first_listener_is_refused()
    {
        using var conf = MosquittoConf.Of("max_connections 5", "listener 1883");

        Assert.StartsWith("1: max_connections stands above the first listener", Assert.Single(conf.Errors));
    }

    [Fact]
    public void The_old_port_and_bind_address_are_one_more_listener()
    {
        using var conf = MosquittoConf.Of("port 1890", "bind_address 127.0.0.1", "max_qos 1", "listener 1891", "max_qos 0");

        Assert.Empty(conf.Errors);
        Assert.Equal(("1891", "0"), (conf["Listeners:0:Port"], conf["Listeners:0:MaximumQoS"]));
        Assert.Equal(("1890", "1", "127.0.0.1"), (conf["Listeners:1:Port"], conf["Listeners:1:MaximumQoS"], conf["Listeners:1:Addresses"]));
    }

    [Fact]
    public void Port_0_and_a_path_is_a_Unix_socket()
    {
        using var conf = MosquittoConf.Of("listener 0 /run/mosquitto.sock", "listener 0");

        Assert.Equal("/run/mosquitto.sock", conf["Listeners:0:UnixPath"]);
        Assert.Null(conf["Listeners:0:Port"]);
        Assert.Equal(["2: listener 0 needs the path of a Unix socket."], conf.Errors);
    }

    [Fact]
    public void An_address_may_be_a_name_an_interface_or_one_of_two_families()
    {
        using var conf = MosquittoConf.Of("listener 1883 localhost", "listener 1884", "bind_interface lo", "listener 1885", "socket_domain ipv4", "listener 1886", "bind_interface nosuch0");

        Assert.Contains("127.0.0.1", conf["Listeners:0:Addresses"]);
        Assert.Contains("127.0.0.1", conf["Listeners:1:Addresses"]);
        Assert.Equal("0.0.0.0", conf["Listeners:2:Addresses"]);
        Assert.Contains("There is no network interface nosuch0; there are ", Assert.Single(conf.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_per_listener_settings_anonymous_clients_are_a_matter_of_the_whole_broker()
    {
        using var conf = MosquittoConf.Of("listener 1883", "allow_anonymous true", "listener 1884");

        Assert.Equal(("true", "true"), (conf["Listeners:0:AllowAnonymous"], conf["Listeners:1:AllowAnonymous"]));
    }

    [Theory]
    [InlineData(1, "listener 1883", "allow_anonymous true")]
    [InlineData(0, "listener 1883 127.0.0.1", "allow_anonymous true")]
    [InlineData(0, "allow_anonymous true")]
    [InlineData(0, "listener 0 /run/x.sock", "allow_anonymous true")]
    public void A_listener_that_lets_everybody_in_from_other_machines_is_warned_of(int warnings, params string[] lines)
    {
        using var conf = MosquittoConf.Of(["persistence true", .. lines]);

        Assert.Equal(warnings, conf.Warnings.Length);
        Assert.All(conf.Warnings, warning => Assert.Equal("3: Everybody who can reach listener 1883 may connect, without a password.", warning));
    }

    [Fact]
    public void With_per_listener_settings_each_listener_has_its_own_word()
    {
        using var conf = MosquittoConf.Of("per_listener_settings true", "listener 1883", "allow_anonymous true", "listener 1884");

        Assert.Equal(("true", "false"), (conf["Listeners:0:AllowAnonymous"], conf["Listeners:1:AllowAnonymous"]));
    }

    [Fact]
    public void Files_of_all_listeners_are_keys_of_the_broker()
    {
        using var conf = MosquittoConf.Of("listener 1883", "password_file /p", "acl_file /a", "listener 1884", "use_username_as_clientid true", "listener 1885", "use_username_as_clientid true");

        Assert.Equal("/a", conf["Acl:File"]);
        Assert.Equal(("listener 1", "listener 2", "listener 2"), (conf["Listeners:0:Authentication"], conf["Listeners:1:Authentication"], conf["Listeners:2:Authentication"]));
        Assert.Equal(("/p", "true"), (conf["Authentication:Sources:1:File"], conf["Authentication:Chains:1:UserNameAsClientId"]));
    }

    [Fact]
    public void Files_of_single_listeners_are_chains_and_sets_that_they_name()
    {
        using var conf = MosquittoConf.Of(
            "per_listener_settings true", "listener 1883", "allow_anonymous true", "acl_file /etc/hall.acl", "listener 1884", "password_file /etc/machines", "listener 1885", "acl_file /etc/hall.acl");

        Assert.Empty(conf.Errors);
        Assert.Equal(("listener 1", "listener 2", "listener 3"), (conf["Listeners:0:Authentication"], conf["Listeners:1:Authentication"], conf["Listeners:2:Authentication"]));
        Assert.Equal(("Unproved", "PasswordFile"), (conf["Authentication:Sources:0:Kind"], conf["Authentication:Sources:1:Kind"]));
        Assert.Equal("/etc/machines", conf["Authentication:Sources:1:File"]);
        Assert.Equal(("listener 1", "listener 2", ""), (conf["Authentication:Chains:0:Sources"], conf["Authentication:Chains:1:Sources"], conf["Authentication:Chains:2:Sources"]));
        Assert.Equal(("hall.acl", null, "hall.acl"), (conf["Listeners:0:Acl"], conf["Listeners:1:Acl"], conf["Listeners:2:Acl"]));
        Assert.Equal("/etc/hall.acl", conf["Acl:Sets:0:File"]);
    }

    [Theory]
    [InlineData(null, "listener 1883")]
    [InlineData("Unproved", "listener 1883", "allow_anonymous true")]
    [InlineData(null, "listener 1883", "allow_anonymous true", "password_file /p")]
    [InlineData("Unproved")]
    public void A_name_without_proof_counts_only_where_anonymous_clients_are_let_in_without_a_password_file(string? kind, params string[] lines)
    {
        using var conf = MosquittoConf.Of(lines);

        Assert.Equal(kind, conf["Authentication:Sources:0:Kind"]);
    }

    [Fact]
    public void Per_listener_settings_must_come_first()
    {
        using var conf = MosquittoConf.Of("allow_anonymous true", "per_listener_settings true");

        Assert.Equal(["2: per_listener_settings must stand before every option about users and rights."], conf.Errors);
    }

    [Fact]
    public void A_certificate_needs_its_key_and_makes_the_listener_encrypted()
    {
        using var conf = MosquittoConf.Of("listener 8883", "certfile s.crt", "keyfile s.key", "tls_version tlsv1.2", "listener 8884", "certfile s.crt");

        Assert.Equal(("s.crt", "s.key", "1.2;1.3"), (conf["Listeners:0:Tls:CertificateFile"], conf["Listeners:0:Tls:KeyFile"], conf["Listeners:0:Tls:Versions"]));
        Assert.Null(conf["Listeners:0:AllowPlainText"]);
        Assert.Null(conf["Listeners:0:Tls:ClientCertificate"]);
        Assert.Equal(["6: certfile needs keyfile beside it."], conf.Errors);
    }

    [Fact]
    public void Client_certificates_become_user_names()
    {
        using var conf = MosquittoConf.Of("listener 8883", "certfile s.crt", "keyfile s.key", "cafile ca.crt", "crlfile ca.crl", "require_certificate true", "use_subject_as_username true", "use_identity_as_username true");

        Assert.Equal(("Required", "ca.crt", "ca.crl"), (conf["Listeners:0:Tls:ClientCertificate"], conf["Listeners:0:Tls:ClientCaFile"], conf["Listeners:0:Tls:CrlFile"]));
        Assert.Equal("CommonName", conf["Listeners:0:Tls:UserNameFrom"]);
    }

    [Theory]
    [InlineData("2: cafile is about encryption, and this listener has none: it needs certfile and keyfile.", "cafile ca.crt")]
    [InlineData("4: require_certificate needs cafile or capath: which certificates are valid is said there.", "certfile c", "keyfile k", "require_certificate true")]
    [InlineData("4: use_identity_as_username needs require_certificate true: without it clients are not asked for a certificate, and nobody can connect.", "certfile c", "keyfile k", "use_identity_as_username true")]
    public void What_cannot_work_is_refused(string error, params string[] lines)
    {
        using var conf = MosquittoConf.Of(["listener 8883", .. lines]);

        Assert.Equal([error], conf.Errors);
    }

    [Fact]
    public void Ciphers_have_the_names_of_IANA_and_patterns_are_refused()
    {
        using var conf = MosquittoConf.Of("listener 8883", "certfile c", "keyfile k", "ciphers ECDHE-RSA-AES128-GCM-SHA256:HIGH", "ciphers_tls1.3 TLS_AES_128_GCM_SHA256");

        Assert.Equal("TLS_AES_128_GCM_SHA256;TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", conf["Listeners:0:Tls:CipherSuites"]);
        Assert.StartsWith("4: ciphers: 'HIGH' is not the name of a suite", Assert.Single(conf.Errors));
    }
}
