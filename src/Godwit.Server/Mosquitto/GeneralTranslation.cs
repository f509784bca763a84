using System.Globalization;

namespace Godwit.Server.Mosquitto;

/// <summary>The options of the broker as a whole, and the defaults of Mosquitto that are not ours.</summary>
internal static class GeneralTranslation
{
    private const int InFlightDefault = 20;
    private const int QueuedDefault = 1000;
    private const int PacketSizeDefault = 2_000_000;
    private const long QueueBytesDefault = 256L << 20;

    // Fixed header (5), topic (2 + 65,535), packet identifier (2): what a PUBLISH has besides its payload, and as much again for properties.
    private const int PayloadRoom = 2 * (5 + 2 + 65_535 + 2);

    private const int DaysOfMonth = 30;
    private const int DaysOfYear = 365;

    internal static void Translate(MosquittoModel model, MosquittoOutput output)
    {
        var general = model.General;
        TranslateQueues(general, output);
        TranslatePacketSize(model, output);
        TranslateExpiration(model, output);
        CopyNumber(general, "max_keepalive", "Limits:KeepAliveSecondsMax", output, value => value == ushort.MaxValue ? 0 : value);
        CopyNumber(general, "global_max_clients", "Limits:SessionsMax", output, value => Math.Max(value, 0));
        CopyNumber(general, "global_max_connections", "Limits:ConnectionsMax", output, value => Math.Max(value, 0));
        CopyNumber(general, "sys_interval", "Broker:SysIntervalSeconds", output, value => value);
        CopySwitch(general, "retain_available", "Broker:RetainAvailable", output);
        CopySwitch(general, "queue_qos0_messages", "Broker:QueueQoS0Messages", output);
        if (general["memory_limit"] is { Number: > 0 } limit)
        {
            output.Set(MosquittoKeys.MemoryLimit, limit.Number, limit.Line);
        }

        if (general["pid_file"] is { } pidFile)
        {
            output.Set("Broker:PidFile", pidFile.Text, pidFile.Line);
        }

        TranslateStore(model, output);
    }

    private static void TranslateQueues(MosquittoSection general, MosquittoOutput output)
    {
        var inFlight = general["max_inflight_messages"];
        var inFlightMax = inFlight is null ? InFlightDefault : inFlight.Number;
        inFlightMax = inFlightMax == 0 ? ushort.MaxValue : inFlightMax;
        output.Set("Limits:InFlightMax", inFlightMax, inFlight?.Line);

        // We always count what is in flight, Mosquitto only while the client is away.
        var queued = general["max_queued_messages"];
        var queuedMax = queued is null ? QueuedDefault : queued.Number;
        output.Set("Limits:QueueMessagesMax", queuedMax == 0 ? 0 : Math.Min(queuedMax + inFlightMax, int.MaxValue), queued?.Line ?? inFlight?.Line);

        output.Set("Limits:AwayQueueMessagesMax", queuedMax, queued?.Line);

        var bytes = general["max_queued_bytes"];
        output.Set("Limits:QueueBytesMax", bytes is { Number: > 0 } ? bytes.Number : QueueBytesDefault, bytes?.Line);
    }

    private static void TranslatePacketSize(MosquittoModel model, MosquittoOutput output)
    {
        var packet = model.General["max_packet_size"];
        var payload = model.General["message_size_limit"] is { Number: > 0 } limit ? limit : null;
        var size = packet?.Number ?? (payload is null ? PacketSizeDefault : long.MaxValue);
        var line = packet?.Line;
        if (payload is not null)
        {
            model.Warn(payload.Line, "message_size_limit: the whole packet is limited, and who sends a larger one is disconnected. max_packet_size says this plainly.");
            if (payload.Number + PayloadRoom < size)
            {
                (size, line) = (payload.Number + PayloadRoom, payload.Line);
            }
        }

        output.Set("Limits:PacketSizeBytesMax", size, line);
    }

    private static void TranslateExpiration(MosquittoModel model, MosquittoOutput output)
    {
        if (model.General["persistent_client_expiration"] is not { } expiration)
        {
            return;
        }

        var word = expiration.Line.Words[0];
        var days = word[^1] switch
        {
            'd' => 1,
            'w' => 7,
            'm' => DaysOfMonth,
            'y' => DaysOfYear,
            _ => 0,
        };
        var unit = word[^1] == 'h' ? TimeSpan.FromHours(1) : TimeSpan.FromDays(days);
        if (unit == TimeSpan.Zero || !int.TryParse(word[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            model.Refuse(expiration.Line, $"persistent_client_expiration is a number and one of h, d, w, m, y, e.g. 14d, not '{word}'.");
            return;
        }

        var seconds = (long)Math.Min(unit.TotalSeconds * count, int.MaxValue);
        output.Set("Broker:SessionExpirySeconds3x", seconds, expiration.Line);
        output.Set("Broker:SessionExpirySecondsMax", seconds, expiration.Line);
    }

    private static void TranslateStore(MosquittoModel model, MosquittoOutput output)
    {
        var persistence = model.General["persistence"] ?? model.General["retained_persistence"];
        var sqlite = model.Plugins.Find(plugin => PluginTranslation.KindOf(plugin) == MosquittoPluginKind.Store);
        var isKept = persistence is { IsOn: true } || sqlite is not null;
        output.Set("Store:Durability", isKept ? "sync" : "memory", persistence?.Line ?? sqlite?.Section.Head);
        if (!isKept)
        {
            model.Messages.Add(new MosquittoMessage(
                MosquittoSeverity.Warning, persistence?.Line.File ?? model.Path, persistence?.Line.Number ?? 0,
                "persistence is false, as it is by default in Mosquitto: nothing survives a restart. Write 'persistence true' to keep sessions and retained messages."));
        }

        if (model.General["persistence_location"] is { } location)
        {
            var store = Path.Combine(location.Text, "godwit");
            output.Set("Store:Directory", store, location.Line);
            var database = Path.Combine(location.Text, model.General["persistence_file"]?.Text ?? "mosquitto.db");
            if (isKept && File.Exists(database) && !Directory.Exists(store))
            {
                model.Warn(location.Line, $"{database} is not read. To take its sessions and retained messages over, stop Mosquitto and then: godwit import mosquitto --database {database}");
            }
        }
    }

    private static void CopyNumber(MosquittoSection section, string name, string key, MosquittoOutput output, Func<long, long> convert)
    {
        if (section[name] is { } setting)
        {
            output.Set(key, convert(setting.Number), setting.Line);
        }
    }

    private static void CopySwitch(MosquittoSection section, string name, string key, MosquittoOutput output)
    {
        if (section[name] is { } setting)
        {
            output.Set(key, setting.IsOn, setting.Line);
        }
    }
}
