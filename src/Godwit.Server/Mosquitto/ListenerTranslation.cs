using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Godwit.Server.Mosquitto;

/// <summary>Listeners: each section becomes an element of <c>Listeners</c>, in the order of the file.</summary>
internal static class ListenerTranslation
{
    private const int PortDefault = 1883;
    private const int AliasDefault = 10;

    internal static void Translate(MosquittoModel model, MosquittoOutput output)
    {
        var sections = SectionsOf(model);
        for (var i = 0; i < sections.Count; i++)
        {
            Translate(model, sections[i], $"Listeners:{i.ToString(CultureInfo.InvariantCulture)}:", output);
        }

        SecurityTranslation.Translate(model, sections, output);
        TranslateAliases(sections, "max_topic_alias", "Limits:TopicAliasMaximum", output);
        TranslateAliases(sections, "max_topic_alias_broker", "Limits:OutboundTopicAliasMax", output);
    }

    /// <summary>True when no line says where to listen: Mosquitto 2 then listens on this machine only.</summary>
    internal static bool IsLocalOnly(MosquittoModel model) => model.Listeners.Count == 0 && !HasDefaultListener(model);

    private static bool HasDefaultListener(MosquittoModel model) => model.Default["port"] is not null || model.Default["bind_address"] is not null;

    /// <summary>The sections that are listened on.</summary>
    private static List<MosquittoSection> SectionsOf(MosquittoModel model)
    {
        if (model.Listeners.Count == 0)
        {
            return [model.Default];
        }

        if (HasDefaultListener(model))
        {
            return [.. model.Listeners, model.Default];
        }

        // Mosquitto would open port 1883 on all addresses because of such a line, which nobody expects.
        foreach (var setting in model.Default.All.Where(setting => setting.Option.Scope == MosquittoScope.Listener && !setting.IsDefault))
        {
            model.Refuse(setting.Line, $"{setting.Line.Name} stands above the first listener: Mosquitto would open port 1883 on all addresses for it. Put it below the listener that it is for, or write 'listener 1883' above it.");
        }

        return model.Listeners;
    }

    private static void Translate(MosquittoModel model, MosquittoSection section, string prefix, MosquittoOutput output)
    {
        TlsTranslation.Translate(model, section, prefix + "Tls:", output);
        TranslateAddress(model, section, prefix, output);
        TranslateProtocol(model, section, prefix, output);
        if (section["mount_point"] is { } mountPoint)
        {
            TranslateMountPoint(model, mountPoint, prefix, output);
        }

        if (section["max_connections"] is { } connections)
        {
            output.Set(prefix + "ConnectionsMax", Math.Max(connections.Number, 0), connections.Line);
        }

        if ((section["max_qos"] ?? section["maximum_qos"]) is { } qos)
        {
            output.Set(prefix + "MaximumQoS", qos.Number, qos.Line);
        }

        TranslateVersions(model, section, prefix, output);
        if (section["enable_proxy_protocol"] is { Number: > 0 } proxy)
        {
            model.Warn(proxy.Line, "Everybody who reaches this listener may say which address a client has, as in Mosquitto. Name your proxies in TrustedProxies.");
            output.Set(prefix + "ProxyProtocol", true, proxy.Line);
            output.SetList(prefix + "TrustedProxies", ["0.0.0.0/0", "::/0"], proxy.Line);
        }
    }

    private static void TranslateAddress(MosquittoModel model, MosquittoSection section, string prefix, MosquittoOutput output)
    {
        var head = section["listener"]?.Line ?? section["port"]?.Line ?? section["bind_address"]?.Line;
        if (section["listener"] is null)
        {
            var port = section["port"];
            output.Set(prefix + "Port", port?.Number ?? PortDefault, port?.Line);
            TranslateAddresses(model, section, section["bind_address"]?.Line, section["bind_address"]?.Text, prefix, output);
        }
        else
        {
            var words = head!.Words;
            if (!int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > ushort.MaxValue)
            {
                model.Refuse(head, $"listener needs a port from 1 to 65535, or 0 and the path of a Unix socket, not '{words[0]}'.");
                return;
            }

            var address = words.Length > 1 && words[1][0] != '#' ? words[1] : null;
            WarnAboutMore(model, head, words);
            if (port == 0)
            {
                TranslateUnixSocket(model, section, head, address, prefix, output);
                return;
            }

            output.Set(prefix + "Port", port, head);
            TranslateAddresses(model, section, address is null ? null : head, address, prefix, output);
        }

        if (head is not null && section["certfile"] is null)
        {
            output.Set(prefix + "AllowPlainText", true, head);
        }
    }

    private static void WarnAboutMore(MosquittoModel model, MosquittoLine head, string[] words)
    {
        if (words.Length > 2 && words[1][0] != '#' && words[2][0] != '#')
        {
            model.Warn(head, $"A listener has one address; '{string.Join(' ', words[2..])}' has no effect, in Mosquitto neither. Write another listener.");
        }
    }

    private static void TranslateUnixSocket(MosquittoModel model, MosquittoSection section, MosquittoLine head, string? path, string prefix, MosquittoOutput output)
    {
        if (path is null)
        {
            model.Refuse(head, "listener 0 needs the path of a Unix socket.");
            return;
        }

        if (section["certfile"] is { } certificate)
        {
            model.Refuse(certificate.Line, "A Unix socket is not encrypted: it does not leave this machine.");
        }

        output.Set(prefix + "UnixPath", path, head);
    }

    private static void TranslateAddresses(
        MosquittoModel model, MosquittoSection section, MosquittoLine? line, string? host, string prefix, MosquittoOutput output)
    {
        var family = section["socket_domain"]?.Text switch
        {
            "ipv4" => AddressFamily.InterNetwork,
            "ipv6" => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        var origin = section["bind_interface"]?.Line ?? section["socket_domain"]?.Line ?? line ?? section["listener"]?.Line ?? section["port"]?.Line;
        var addresses = AddressesOf(model, section, line, host, IsLocalOnly(model));
        var wanted = addresses.Where(address => family == AddressFamily.Unspecified || address.AddressFamily == family).Distinct().ToList();
        if (wanted.Count > 0)
        {
            output.SetList(prefix + "Addresses", [.. wanted.Select(address => address.ToString())], origin);
        }
        else if (addresses.Count > 0)
        {
            model.Refuse(section["socket_domain"]!.Line, $"socket_domain {section["socket_domain"]!.Text} leaves no address to listen on.");
        }
    }

    private static List<IPAddress> AddressesOf(MosquittoModel model, MosquittoSection section, MosquittoLine? line, string? host, bool isLocalOnly)
    {
        if (section["bind_interface"] is { } device)
        {
            return AddressesOfInterface(model, device);
        }

        if (host is null)
        {
            var (v4, v6) = isLocalOnly ? (IPAddress.Loopback, IPAddress.IPv6Loopback) : (IPAddress.Any, IPAddress.IPv6Any);
            return Socket.OSSupportsIPv6 ? [v4, v6] : [v4];
        }

        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        try
        {
            return [.. Dns.GetHostAddresses(host)];
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)        // the second: longer than a name can be
        {
            model.Refuse(line!, $"'{host}' is not an address of this machine: {exception.Message}");
            return [];
        }
    }

    private static List<IPAddress> AddressesOfInterface(MosquittoModel model, MosquittoSetting device)
    {
        var interfaces = NetworkInterface.GetAllNetworkInterfaces();
        var found = Array.Find(interfaces, candidate => string.Equals(candidate.Name, device.Text, StringComparison.Ordinal));
        if (found is null)
        {
            model.Refuse(device.Line, $"There is no network interface {device.Text}; there are {string.Join(", ", interfaces.Select(candidate => candidate.Name))}.");
            return [];
        }

        List<IPAddress> addresses = [.. found.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address)];
        if (addresses.Count == 0)
        {
            model.Refuse(device.Line, $"The network interface {device.Text} has no address.");
        }

        return addresses;
    }

    private static void TranslateProtocol(MosquittoModel model, MosquittoSection section, string prefix, MosquittoOutput output)
    {
        if (section["protocol"] is { } protocol)
        {
            if (protocol.Text is "http_api" or "quic")
            {
                model.Refuse(protocol.Line, $"protocol {protocol.Text} is not possible here: {(protocol.Text is "quic" ? "there is no QUIC" : "there is no dashboard on a listener of clients")}. Leave this listener out.");
                return;
            }

            output.Set(prefix + "Protocol", protocol.Text is "websockets" ? "WebSocket" : "Mqtt", protocol.Line);
        }

        if (section.AllOf("websockets_origin") is { Count: > 0 } origins)
        {
            output.SetList(prefix + "Origins", [.. origins.Select(origin => origin.Text)], origins[0].Line);
        }
    }

    private static void TranslateMountPoint(MosquittoModel model, MosquittoSetting mountPoint, string prefix, MosquittoOutput output)
    {
        if (mountPoint.Text.AsSpan().ContainsAny('+', '#'))
        {
            model.Refuse(mountPoint.Line, "mount_point must not hold + or #.");
            return;
        }

        output.Set(prefix + "MountPoint", mountPoint.Text, mountPoint.Line);
    }

    private static void TranslateVersions(MosquittoModel model, MosquittoSection section, string prefix, MosquittoOutput output)
    {
        if (section["accept_protocol_versions"] is not { } versions)
        {
            return;
        }

        var texts = new List<string>();
        foreach (var word in versions.Text.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            switch (word)
            {
                case "3":
                    texts.Add("3.1");
                    break;
                case "4":
                    texts.Add("3.1.1");
                    break;
                case "5":
                    texts.Add("5.0");
                    break;
                default:
                    model.Refuse(versions.Line, $"accept_protocol_versions is a list of 3, 4 and 5, not '{word}'.");
                    break;
            }
        }

        output.SetList(prefix + "Versions", texts, versions.Line);
    }

    private static void TranslateAliases(List<MosquittoSection> sections, string name, string key, MosquittoOutput output)
    {
        var largest = sections.Select(section => section[name]).OfType<MosquittoSetting>().MaxBy(setting => setting.Number);
        var isDefaultLarger = sections.Exists(section => section[name] is null) && (largest is null || largest.Number < AliasDefault);
        output.Set(key, isDefaultLarger ? AliasDefault : largest!.Number, isDefaultLarger ? null : largest!.Line);
    }
}
