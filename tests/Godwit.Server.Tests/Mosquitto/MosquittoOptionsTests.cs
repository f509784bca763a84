using Godwit.Server.Configuration;
using Godwit.Server.Mosquitto;

namespace Godwit.Server.Tests.Mosquitto;

/// <summary>The table: none of its rows is only words.</summary>
public sealed class MosquittoOptionsTests
{
    public static TheoryData<string> Names => [.. MosquittoOptions.All.Select(option => option.Name)];

    /// <summary>What must stand above or below an option so that it means something.</summary>
    private static readonly Dictionary<string, (string[] Above, string[] Below)> Companions = new(StringComparer.Ordinal)
    {
        ["certfile"] = ([], ["keyfile k"]),
        ["keyfile"] = (["certfile c"], []),
        ["cafile"] = (["certfile c", "keyfile k", "require_certificate true"], []),
        ["capath"] = (["certfile c", "keyfile k", "require_certificate true"], []),
        ["crlfile"] = (["certfile c", "keyfile k", "require_certificate true", "cafile a"], []),
        ["require_certificate"] = (["certfile c", "keyfile k", "cafile a"], []),
        ["use_identity_as_username"] = (["certfile c", "keyfile k", "cafile a", "require_certificate true"], []),
        ["use_subject_as_username"] = (["certfile c", "keyfile k", "cafile a", "require_certificate true"], []),
        ["tls_version"] = (["certfile c", "keyfile k"], []),
        ["ciphers"] = (["certfile c", "keyfile k"], []),
        ["ciphers_tls1.3"] = (["certfile c", "keyfile k"], []),
        ["plugin"] = ([], ["plugin_opt_password_file x"]),
        ["auth_plugin"] = ([], ["plugin_opt_password_file x"]),
        ["global_plugin"] = ([], ["plugin_opt_password_file x"]),
        ["plugin_opt_*"] = (["plugin /usr/lib/mosquitto_password_file.so"], []),
        ["auth_opt_*"] = (["auth_plugin /usr/lib/mosquitto_password_file.so"], []),
        ["auth_plugin_deny_special_chars"] = (["plugin /usr/lib/mosquitto_password_file.so", "plugin_opt_password_file x"], []),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_option_sets_a_key_or_is_spoken_of(string name)
    {
        var option = MosquittoOptions.Find(name.Replace("*", "password_file", StringComparison.Ordinal))!;
        var (above, below) = Companions.GetValueOrDefault(name, ([], []));
        if (option.Scope is MosquittoScope.Listener && name is not ("port" or "bind_address"))
        {
            above = ["listener 1883 127.0.0.1", .. above];
        }

        if (name is "include_dir" || option.Scope is MosquittoScope.Bridge)
        {
            return;                                                  // tests of their own
        }

        using var conf = MosquittoConf.Of([.. above, $"{name.Replace("*", "password_file", StringComparison.Ordinal)} {option.Example}", .. below]);

        var line = above.Length + 1;
        var errors = conf.Input.Messages.Where(message => message.IsError).ToList();
        switch (option.Fate)
        {
            case MosquittoFate.Mapped:
                Assert.Empty(errors);
                Assert.True(conf.Input.Assignments.Exists(assignment => assignment.Origin.Line == line) || name is "plugin" or "auth_plugin" or "global_plugin" or "per_listener_settings", "no key has this line as its origin");
                break;
            case MosquittoFate.Refused:
                Assert.Equal(line, Assert.Single(errors).Origin.Line);
                Assert.Contains(option.Remark, errors[0].Text, StringComparison.Ordinal);
                break;
            default:
                Assert.Empty(errors);
                Assert.Contains(conf.Input.Messages, message => message.Origin.Line == line && message.Text.Contains(option.Remark, StringComparison.Ordinal));
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_set_is_what_the_table_says(string name)
    {
        var option = MosquittoOptions.All.First(row => string.Equals(row.Name, name, StringComparison.Ordinal));

        Assert.Equal(option.Fate == MosquittoFate.Mapped && name is not "include_dir", option.Key.Length > 0);
        Assert.True(option.Fate == MosquittoFate.Mapped || option.Remark.Length > 0, "why not, and what instead?");
        Assert.True(option.Remark.Length == 0 || option.Remark.EndsWith('.'), option.Remark);
    }

    /// <summary>Keys that no part of the broker reads yet would be errors in every file that has the option.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_keys_that_it_sets_are_keys_of_our_configuration(string name)
    {
        var option = MosquittoOptions.All.First(row => string.Equals(row.Name, name, StringComparison.Ordinal));

        Assert.Equal([], option.Key.Split(' ', StringSplitOptions.RemoveEmptyEntries).Except(ConfigurationKeys.All.Select(key => key.Path), StringComparer.Ordinal));
    }

    /// <summary>What people's files hold. An option without effect is one of those whose effect there is anyway, or that is about Mosquitto's own files.</summary>
    [Fact]
    public void Each_option_that_files_hold_is_mapped_or_refused_or_has_its_effect_anyway()
    {
        string[] names =
        [
            .. Words("listener protocol socket_domain bind_address bind_interface cafile capath certfile keyfile crlfile require_certificate use_identity_as_username"),
            .. Words("use_subject_as_username use_username_as_clientid tls_version ciphers allow_anonymous listener_allow_anonymous password_file acl_file plugin global_plugin"),
            .. Words("plugin_opt_password_file plugin_opt_acl_file plugin_opt_config_file per_listener_settings mount_point max_connections global_max_clients"),
            .. Words("global_max_connections max_inflight_messages max_inflight_bytes max_queued_messages max_queued_bytes max_packet_size message_size_limit max_keepalive"),
            .. Words("max_qos max_topic_alias retain_available queue_qos0_messages allow_zero_length_clientid auto_id_prefix persistent_client_expiration"),
            .. Words("upgrade_outgoing_qos set_tcp_nodelay memory_limit accept_protocol_versions enable_proxy_protocol websockets_origin persistence persistence_location"),
            .. Words("persistence_file autosave_interval autosave_on_changes log_dest log_type log_timestamp log_timestamp_format connection_messages sys_interval pid_file"),
            .. Words("user include_dir connection address addresses topic remote_username remote_password remote_clientid local_username local_password local_clientid"),
            .. Words("clientid cleansession start_type restart_timeout keepalive_interval idle_timeout round_robin threshold try_private notifications"),
            .. Words("bridge_protocol_version psk_file psk_hint bridge_psk tls_engine check_retain_source"),
        ];

        Assert.DoesNotContain(names, name => MosquittoOptions.Find(name) is null);
        Assert.Equal(
            Words("max_inflight_bytes set_tcp_nodelay persistence_file autosave_interval autosave_on_changes user"),
            names.Where(name => MosquittoOptions.Find(name)!.Fate == MosquittoFate.WithoutEffect));

        static string[] Words(string line) => line.Split(' ');
    }

    [Fact]
    public void A_refused_option_with_Mosquittos_default_is_no_error()
    {
        using var conf = MosquittoConf.Of("listener 1883", "check_retain_source true", "upgrade_outgoing_qos false", "auto_id_prefix auto-", "tls_keyform pem", "use_username_as_clientid 0");

        Assert.Empty(conf.Errors);
    }

    [Fact]
    public void A_bridge_is_refused_once_with_all_its_lines()
    {
        using var conf = MosquittoConf.Of(["connection cloud", .. MosquittoOptions.All.Where(option => option.Scope == MosquittoScope.Bridge).Select(option => option.Name + " x")]);

        Assert.StartsWith("1: connection cloud: There are no bridges yet.", Assert.Single(conf.Errors));
    }

    [Theory]
    [InlineData("/usr/lib/mosquitto_dynamic_security.so", "dynamic_security is not possible here")]
    [InlineData("/usr/lib/mosquitto_sparkplug_aware.so", "sparkplug_aware is not possible here")]
    [InlineData("/usr/lib/mosquitto-auth-plug.so", "The plugin mosquitto-auth-plug.so cannot be loaded")]
    [InlineData("/usr/lib/mosquitto_acl_file.so", "The plugin needs a line plugin_opt_acl_file PATH below it.")]
    public void A_plugin_that_is_not_understood_is_refused_by_name(string path, string error)
    {
        using var conf = MosquittoConf.Of($"plugin {path}");

        Assert.Contains(error, Assert.Single(conf.Errors), StringComparison.Ordinal);
    }
}
