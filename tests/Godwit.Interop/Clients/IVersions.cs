namespace Godwit.Interop.Clients;

/// <summary>A client program that knows its versions before it is made, as the rows of a theory need them.</summary>
public interface IVersions
{
    /// <summary>The protocol versions the program speaks.</summary>
    static abstract IReadOnlyList<MqttVersion> Versions { get; }
}
