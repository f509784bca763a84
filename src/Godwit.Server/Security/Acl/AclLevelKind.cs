namespace Godwit.Server.Security.Acl;

/// <summary>What one level of a rule's filter stands for.</summary>
internal enum AclLevelKind : byte
{
    /// <summary>These very bytes.</summary>
    Literal,

    /// <summary><c>+</c>: any one level.</summary>
    Any,

    /// <summary><c>#</c>: the level above and all below; the last.</summary>
    Rest,

    /// <summary>Bytes with <c>%u</c> or <c>%c</c> between them.</summary>
    Names,
}
