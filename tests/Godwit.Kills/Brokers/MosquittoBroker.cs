using System.Globalization;
using Godwit.Testing.Running;

namespace Godwit.Kills.Brokers;

/// <summary>Debian's mosquitto with persistence.</summary>
internal static class MosquittoBroker
{
    /// <summary>Mosquitto; skips the running test when it is not installed.</summary>
    /// <param name="savesOnChanges">The best it can: the database is written after each change. False: the defaults, each half hour.</param>
    public static BrokerProgram Program(bool savesOnChanges) => new(
        savesOnChanges ? "mosquitto, autosave_on_changes" : "mosquitto, autosave as by default",
        Programs.Require("mosquitto", "mosquitto"),
        (port, data) =>
        {
            var configuration = Path.Combine(Path.GetDirectoryName(data)!, "mosquitto.conf");
            File.WriteAllText(configuration, string.Create(CultureInfo.InvariantCulture, $"""
                user root
                listener {port} 127.0.0.1
                allow_anonymous true
                persistence true
                persistence_location {data}/
                max_queued_messages 0
                max_inflight_messages 100
                {(savesOnChanges ? "autosave_on_changes true\nautosave_interval 1" : "")}

                """));
            return ["-c", configuration];
        });
}
