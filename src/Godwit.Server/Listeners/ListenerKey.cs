namespace Godwit.Server.Listeners;

/// <summary>One key of a listener's configuration, or of its encryption.</summary>
/// <typeparam name="T">What it is set on.</typeparam>
/// <param name="Name">The property's name.</param>
/// <param name="Values">What it takes, in words.</param>
/// <param name="Default">What holds when the key is missing, in words.</param>
/// <param name="IsHot">A reload applies it to new connections; otherwise the listener is closed and opened again.</param>
/// <param name="Mosquitto">The option of mosquitto.conf; null: there is none.</param>
/// <param name="Meaning">What it does, in one sentence or two.</param>
/// <param name="IsList">It takes several values.</param>
/// <param name="Set">Sets it from text; the answer is what is wrong with the text, or null.</param>
/// <param name="Get">Its values as text; none: as when the key is missing.</param>
public sealed record ListenerKey<T>(
    string Name,
    string Values,
    string Default,
    bool IsHot,
    string? Mosquitto,
    string Meaning,
    bool IsList,
    Func<T, IReadOnlyList<string>, string?> Set,
    Func<T, IReadOnlyList<string>> Get);
