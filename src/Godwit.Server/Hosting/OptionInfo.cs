namespace Godwit.Server.Hosting;

/// <summary>One row of the table of a section of the configuration, e.g. <c>Log</c>.</summary>
/// <typeparam name="TOptions">The class of the section.</typeparam>
/// <param name="Name">The property's name, which is the key.</param>
/// <param name="Default">Default value, as it is written in a configuration; empty: nothing.</param>
/// <param name="Values">Accepted values with their unit, in words.</param>
/// <param name="IsHot">A reload applies it; otherwise it takes a restart.</param>
/// <param name="MosquittoName">The option of mosquitto.conf that means the same; empty: there is none.</param>
/// <param name="Meaning">What it does, and what happens at the limit.</param>
/// <param name="Get">Reads it, as it is written in a configuration.</param>
/// <param name="TrySet">Writes it; false: the value is not one of <paramref name="Values"/>, and nothing has changed.</param>
public sealed record OptionInfo<TOptions>(
    string Name,
    string Default,
    string Values,
    bool IsHot,
    string MosquittoName,
    string Meaning,
    Func<TOptions, string> Get,
    Func<TOptions, string, bool> TrySet);
