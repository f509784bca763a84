using Godwit.Simulation.Oracles;

namespace Godwit.Simulation.Clients;

/// <summary>Few topics and filters, so that they meet.</summary>
internal static class Choices
{
    /// <summary>The topic of a marathon; no other filter matches it.</summary>
    public const string MarathonTopic = "$long/way";

    public static readonly string[] Topics = ["a", "a/b", "a/c", "a/b/c", "b/b", "r/1", "r/2", "w/1", "w/2", "w/3", "$z/1", "/", "a//c"];

    /// <summary>Topics to which rights change; the filters that match them match others too.</summary>
    public static readonly string[] Guarded = [RightsModel.Prefix + "1", RightsModel.Prefix + "b"];

    public static readonly string[] Filters = ["#", "a/#", "a/+", "+/b", "+/+", "a/b", "r/+", "r/1", "r/2", "w/#", "w/1", "$z/#", "$z/1", "a/+/c", "/+", "+"];

    public static readonly string[] SharedFilters = ["$share/g/w/#", "$share/g/w/#", "$share/g/w/+", "$share/h/w/#", "$share/h/a/#"];
}
